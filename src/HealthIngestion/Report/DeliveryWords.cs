using System.Text.Json;
using FastIngest.Delivery;
using HealthIngestion.Exit;
using HealthIngestion.Formatting;

namespace HealthIngestion.Report;

/// <summary>The closing table, sentences and figures of deliveries.</summary>
internal static class DeliveryWords
{
    public static FigureTable Table(IReadOnlyList<DeliveryOutcome> outcomes) => new(
        ["API", "delivered", "unchanged", "refused", "left"],
        [.. outcomes.Select(IReadOnlyList<string> (o) => o.Report is { } report
            ?
            [
                report.Target,
                Figures.Count(report.Delivered),
                Figures.Count(report.Unchanged),
                Figures.Count(report.Rejected),
                Figures.Count(report.Left),
            ]
            : [o.Api.DisplayName, "failed", "", "", ""])],
        LastIsText: false);

    public static IEnumerable<string> Sentences(IReadOnlyList<DeliveryOutcome> outcomes)
    {
        foreach (DeliveryReport report in outcomes.Select(o => o.Report).OfType<DeliveryReport>())
        {
            if (report.Delivered > 0)
            {
                yield return $"delivered {Figures.Count(report.Delivered, "summary", "summaries")} from {report.From} in {Figures.Seconds(report.Elapsed)}: "
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
                yield return $"refused: {Figures.Count(others)} more, with their reasons in the table deliveries";
            }
        }
    }

    /// <summary>The array <c>deliveries</c>.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<DeliveryOutcome> outcomes)
    {
        StatsFile.WriteObjects(json, "deliveries", outcomes, outcome =>
        {
            json.WriteString("target", outcome.Api.DisplayName);
            if (outcome.Report is { } report)
            {
                json.WriteString("from", report.From);
                json.WriteNumber("delivered", report.Delivered);
                json.WriteNumber("unchanged", report.Unchanged);
                json.WriteNumber("refused", report.Rejected);
                json.WriteNumber("newly_refused", report.NewlyRejected);
                json.WriteNumber("left", report.Left);
                if (report.Filtered > 0)
                {
                    json.WriteNumber("filtered", report.Filtered);
                }

                json.WriteNumber("attempts", report.Attempts);
                json.WriteNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 6));
                json.WriteNumber("delivered_per_second", Math.Round(Figures.PerSecond(report.Delivered, report.Elapsed)));
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
