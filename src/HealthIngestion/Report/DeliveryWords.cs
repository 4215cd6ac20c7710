using System.Text.Json;
using FastIngest.Delivery;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;

namespace HealthIngestion.Report;

/// <summary>The closing table, sentences and figures of deliveries and of vectors.</summary>
internal static class DeliveryWords
{
    /// <summary>A table of the deliveries and one of the vectors, if there are any.</summary>
    public static IEnumerable<FigureTable> Tables(IEnumerable<DeliveryOutcome> outcomes) =>
        ((DeliveryTerms[])[DeliveryTerms.Delivery, DeliveryTerms.Embedding]).Select(terms => outcomes.Where(o => o.Terms == terms).ToArray()).Where(part => part.Length > 0).Select(Table);

    private static FigureTable Table(DeliveryOutcome[] outcomes) => new(
        [outcomes[0].Terms.Place, outcomes[0].Terms.Done, "unchanged", "refused", "left"],
        [.. outcomes.Select(IReadOnlyList<string> (o) => o.Report is { } report
            ?
            [
                report.Target,
                Figures.Count(report.Delivered),
                Figures.Count(report.Unchanged),
                Figures.Count(report.Rejected),
                Figures.Count(report.Left),
            ]
            : [o.Target, "failed", "", "", ""])],
        LastIsText: false);

    public static IEnumerable<string> Sentences(IReadOnlyList<DeliveryOutcome> outcomes)
    {
        foreach (DeliveryOutcome outcome in outcomes.Where(o => o.Report is not null))
        {
            DeliveryReport report = outcome.Report!;
            if (outcome.Model is { } model)
            {
                yield return $"model: {model.Name}, vectors of {model.Dimensions} numbers";
            }

            if (outcome.Index is { } index)
            {
                yield return index;
            }

            if (report.Vectors is { } vectors)
            {
                yield return $"vectors: of {vectors.Model}, {vectors.Dimensions} numbers each, to {report.Target}";
            }

            if (report.Delivered > 0)
            {
                yield return $"{outcome.Terms.Done} {Figures.Count(report.Delivered, "summary", "summaries")} from {report.From} in {Figures.Seconds(report.Elapsed)}: "
                    + $"{Figures.Rate(Figures.PerSecond(report.Delivered, report.Elapsed))}/s";
            }

            if (report.Filtered > 0)
            {
                yield return $"filtered: {Figures.Count(report.Filtered, "summary", "summaries")} outside the selection";
            }

            foreach (RejectionGroup group in report.Rejections)
            {
                yield return group.Summaries == 1
                    ? $"refused: {group.UserId} {group.Date}: {group.Reason}"
                    : $"refused: {Figures.Count(group.Summaries)} summaries: {group.Reason}, the first for {group.UserId} {group.Date}";
            }

            long others = report.Rejected - report.Rejections.Sum(g => g.Summaries);
            if (others > 0)
            {
                yield return $"refused: {Figures.Count(others)} more, with their reasons in the table {outcome.Terms.Table}";
            }
        }
    }

    /// <summary>The array <c>deliveries</c>, and the array <c>embeddings</c> if summaries were embedded.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<DeliveryOutcome> outcomes)
    {
        DeliveryOutcome[] embedded = [.. outcomes.Where(o => o.Terms == DeliveryTerms.Embedding)];
        Write(json, DeliveryTerms.Delivery.Table, [.. outcomes.Except(embedded)]);
        if (embedded.Length > 0)
        {
            Write(json, DeliveryTerms.Embedding.Table, embedded);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, DeliveryOutcome[] outcomes)
    {
        StatsFile.WriteObjects(json, name, outcomes, outcome =>
        {
            json.WriteString("target", outcome.Target);
            if (outcome.Model is { } model)
            {
                json.WriteString("model", model.Name);
                json.WriteNumber("dimensions", model.Dimensions);
            }

            if (outcome.Report is { } report)
            {
                json.WriteString("from", report.From);
                json.WriteNumber(outcome.Terms.Done, report.Delivered);
                json.WriteNumber("unchanged", report.Unchanged);
                json.WriteNumber("refused", report.Rejected);
                json.WriteNumber("newly_refused", report.NewlyRejected);
                json.WriteNumber("left", report.Left);
                if (report.Vectors is { } vectors)
                {
                    json.WriteString("vectors_of", vectors.Model);
                    json.WriteNumber("dimensions", vectors.Dimensions);
                    json.WriteNumber("without_vector", vectors.Missing);
                }

                if (report.Filtered > 0)
                {
                    json.WriteNumber("filtered", report.Filtered);
                }

                json.WriteNumber("attempts", report.Attempts);
                json.WriteNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 6));
                json.WriteNumber(outcome.Terms.Done + "_per_second", Math.Round(Figures.PerSecond(report.Delivered, report.Elapsed)));
                if ((report.Problem ?? report.LastError) is { } error)
                {
                    json.WriteString("last_error", error);
                }
            }
            else
            {
                json.WriteString("failed", Faults.Line(outcome.Fault!));
            }
        });
    }
}
