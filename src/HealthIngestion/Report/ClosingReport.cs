using FastIngest.Health;
using FastIngest.Pipeline.HealthData;
using FastIngest.Pipeline.Runs;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;
using FastIngest.Targets;
using HealthIngestion.Formatting;
using HealthIngestion.Settings;

namespace HealthIngestion.Report;

/// <summary>The summary of a run: tables, and sentences on the balance, the speed, the rejects and what to do next.</summary>
internal sealed record ClosingReport(IReadOnlyList<FigureTable> Tables, IReadOnlyList<string> Sentences)
{
    /// <summary>The most unread files that are named.</summary>
    private const int MostUnread = 20;

    public static ClosingReport Of(IngestReport report, IReadOnlyList<DeliveryOutcome> deliveries, IngestSettings settings, long peakBytes) => new(
        [
            CategoryTable(report),
            .. report.Sinks.Count == 0 ? (FigureTable[])[] : [SinkTable(report)],
            .. DeliveryWords.Tables(deliveries),
        ],
        [.. Say(report, deliveries, settings, peakBytes)]);

    /// <summary>The summary of a delivery alone.</summary>
    public static ClosingReport Of(IReadOnlyList<DeliveryOutcome> deliveries) => new([.. DeliveryWords.Tables(deliveries)], [.. DeliveryWords.Sentences(deliveries)]);

    private static FigureTable CategoryTable(IngestReport report)
    {
        List<IReadOnlyList<string>> rows = [];
        foreach (CategoryReport category in report.Categories)
        {
            if (category is { Files: 0, Records: 0 })
            {
                rows.Add([category.Category.Name(), "0", "", "", "", "", ""]);
                continue;
            }

            rows.Add(
            [
                category.Category.Name(),
                Figures.Count(category.Files),
                Figures.Bytes(category.Bytes),
                Figures.Count(category.Records),
                Figures.Count(category.Repeated),
                Figures.Count(category.Rejected),
                Reasons(category.RejectedByReason),
            ]);
        }

        rows.Add(
        [
            "total",
            Figures.Count(report.Categories.Sum(c => c.Files)),
            Figures.Bytes(report.Bytes),
            Figures.Count(report.Records),
            Figures.Count(report.Repeated),
            Figures.Count(report.Rejected),
            "",
        ]);
        return new FigureTable(["category", "files", "size", "records", "repeated", "rejected", "why"], rows, LastIsText: true);
    }

    private static FigureTable SinkTable(IngestReport report) => new(
        ["target", "rows", "inserted", "updated", "unchanged"],
        [.. report.Sinks.SelectMany(SinkRows)],
        LastIsText: false);

    /// <summary>The summaries of a target, then its tables of records if it has any.</summary>
    private static IEnumerable<IReadOnlyList<string>> SinkRows(SinkReport<SinkResult> sink)
    {
        if (sink.Result is not { } result)
        {
            yield return [sink.Target, "failed", "0", "0", "0"];
            yield break;
        }

        yield return
        [
            sink.Target,
            Figures.Count(result.Rows),
            Figures.Count(result.Inserted),
            Figures.Count(result.Updated),
            Figures.Count(result.Unchanged),
        ];
        foreach (RecordTableResult table in result.Tables)
        {
            yield return ["records in " + table.Table, Figures.Count(table.Rows), Figures.Count(table.Rows - table.Unchanged - table.Kept), "", Figures.Count(table.Unchanged + table.Kept)];
        }
    }

    private static string Reasons(IReadOnlyDictionary<RejectReason, long> reasons) => string.Join(
        ", ",
        reasons.Where(r => r.Value > 0).OrderBy(r => r.Key).Select(r => $"{r.Key.Name()} {Figures.Count(r.Value)}"));

    private static IEnumerable<string> Say(
        IngestReport report, IReadOnlyList<DeliveryOutcome> deliveries, IngestSettings settings, long peakBytes)
    {
        yield return "balance: " + Balance.Of(report) + (Balance.Of(report).IsOk ? "" : ", WHICH DOES NOT ADD UP");
        yield return $"{Figures.Count(report.Rows, "daily summary", "daily summaries")} in {Figures.Seconds(report.Elapsed)}: "
            + $"{Figures.Bytes(Figures.PerSecond(report.Bytes, report.Elapsed))}/s, "
            + $"{Figures.Rate(Figures.PerSecond(report.Records, report.Elapsed))} records/s, peak memory {Figures.Bytes(peakBytes)}";
        if (report.Rejected > 0)
        {
            string path = settings.Options.RejectsPath;
            FirstReject? first = FirstReject.Read(path);
            yield return $"rejects: {Figures.Count(report.Rejected, "record")} in {path}"
                + (first is null ? "" : $", the first for {first.Reason} at {first.File} line {first.Line}");
        }

        foreach (string sentence in FieldWords.CutOff(report).Concat(ExportWords.Sentences(report)).Concat(UnreadFiles(report.Unread)).Concat(FieldWords.Sentences(report)))
        {
            yield return sentence;
        }

        foreach (SinkReport<SinkResult> sink in report.Sinks.Where(s => s.Result is { } result && result.Tables.Sum(t => t.Replaced) > 0))
        {
            yield return $"replaced: {Figures.Count(sink.Result!.Tables.Sum(t => t.Replaced), "older record")} of the same users and days in {sink.Target}";
        }

        if (report.Stored > 0)
        {
            yield return $"united: {Figures.Count(report.Stored, "stored record")} of the same users and days are part of the summaries";
        }

        foreach (SinkReport<SinkResult> sink in report.Sinks.Where(s => s.Result is { PoorerDays: > 0 }))
        {
            yield return $"fewer readings than stored: {Figures.Count(sink.Result!.PoorerDays, "day")} in {sink.Target}, {(settings.OnFewer == OnFewer.Keep ? "kept" : "replaced")}";
        }

        foreach (SinkReport<SinkResult> sink in report.Sinks.Where(s => s.Result is { IsAbsent: true }))
        {
            yield return $"nothing to store: {sink.Target} was not created";
        }

        foreach (SinkReport<SinkResult> sink in report.Sinks.Where(s => s.Result is { RemovedNuls: > 0 }))
        {
            yield return $"removed: {Figures.Count(sink.Result!.RemovedNuls, "character")} U+0000, which {sink.Target} cannot store";
        }

        if (settings is { IsDatabaseAdded: true, IsDryRun: false })
        {
            yield return $"an API takes summaries from a database, so they are stored in {report.Sinks[^1].Target}";
        }

        foreach (string sentence in DeliveryWords.Sentences(deliveries))
        {
            yield return sentence;
        }

        if (settings.IsDryRun)
        {
            yield return "dry run: no summaries were written";
        }
        else if (Query(settings.Targets.Zip(report.Sinks).Where(t => t.Second.Result is { IsAbsent: false }).Select(t => t.First), "select summary from daily_summaries limit 3") is { } query)
        {
            yield return "next: " + query;
        }
    }

    /// <summary>Sentences on stored days of which the run had fewer readings.</summary>
    public static IEnumerable<string> Poorer(IngestReport report, IngestSettings settings) => report.Sinks
        .Where(s => s.Result is { PoorerDays: > 0 })
        .Select(s => settings.OnFewer == OnFewer.Keep
            ? $"{s.Target}: the input has fewer readings than are stored for {Figures.Count(s.Result!.PoorerDays, "day")}; the stored ones stay (--on-fewer keep)."
            : $"{s.Target}: the input has fewer readings than were stored for {Figures.Count(s.Result!.PoorerDays, "day")}, and replaced them; --on-fewer keep keeps the stored ones, --on-fewer fail writes nothing.");

    /// <summary>Names the files that are not read; those that probably hold data are warnings already.</summary>
    private static IEnumerable<string> UnreadFiles(IReadOnlyList<UnreadFile> unread)
    {
        if (unread.Count == 0)
        {
            yield break;
        }

        UnreadFile[] others = [.. unread.Where(u => !u.IsExpected)];
        int warnings = unread.Count - others.Length;
        yield return $"not read: {Figures.Count(unread.Count, "file or part of a file", "files or parts of files")}"
            + (warnings == 0 ? "" : $" ({Figures.Count(warnings)} {(warnings == 1 ? "is a warning" : "are warnings")} above)");
        foreach (UnreadFile file in others.Take(MostUnread))
        {
            yield return "  " + file;
        }

        if (others.Length > MostUnread)
        {
            yield return $"  {Figures.Count(others.Length - MostUnread)} more, which --stats-json lists";
        }
    }

    /// <summary>A command line that runs a query over what the first of some targets holds; null where no target has such a program.</summary>
    public static string? Query(IEnumerable<Target> targets, string sql) => targets.Select(t => t.Kind.Query?.Invoke(t, sql)).FirstOrDefault(q => q is not null);
}
