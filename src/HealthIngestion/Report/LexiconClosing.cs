using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using HealthIngestion.Formatting;
using HealthIngestion.Settings;

namespace HealthIngestion.Report;

/// <summary>The summary of a run over a dictionary.</summary>
internal static class LexiconClosing
{
    private static readonly string[] ResultHeader =
        ["target", "loaded", "repeated", "written", "unchanged", "duplicate", "below quality", "invalid"];

    public static ClosingReport Of(LexiconReport report, LexiconSettings settings, long peakBytes) =>
        new([InputTable(report, settings), SinkTable(report)], [.. Say(report, settings, peakBytes)]);

    /// <summary>The sides of the balance as the figures of one target.</summary>
    public static IReadOnlyList<string> Row(string target, EntryResult? result) => result is null
        ? [target, "failed", .. Enumerable.Repeat("0", ResultHeader.Length - 2)]
        :
        [
            target,
            Figures.Count(result.Loaded),
            Figures.Count(result.Repeated),
            Figures.Count(result.Written),
            Figures.Count(result.Unchanged),
            Figures.Count(result.Duplicate),
            Figures.Count(result.BelowQuality),
            Figures.Count(result.Invalid),
        ];

    /// <summary>What became of the records that were kept.</summary>
    public static string Outcomes(EntryResult result) =>
        $"{Figures.Count(result.Written)} written + {RedirectTerm(result)}{Figures.Count(result.Unchanged)} unchanged + {Figures.Count(result.Duplicate)} duplicate "
        + $"+ {Figures.Count(result.BelowQuality)} below quality + {Figures.Count(result.Invalid)} invalid";

    /// <summary>Only some dictionaries have redirects, so that others need not show them.</summary>
    private static string RedirectTerm(EntryResult result) => result.Redirects > 0 ? $"{Figures.Count(result.Redirects, "redirect")} + " : "";

    private static FigureTable InputTable(LexiconReport report, LexiconSettings settings) => new(
        ["dictionary", "files", "size", "records", "rejected", "why"],
        [[
            settings.Options.Source,
            Figures.Count(report.Files.Count),
            Figures.Bytes(report.Bytes),
            Figures.Count(report.Read),
            Figures.Count(report.Rejected),
            string.Join(", ", report.RejectedByReason.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key} {Figures.Count(r.Value)}")),
        ]],
        LastIsText: true);

    private static FigureTable SinkTable(LexiconReport report) =>
        new(ResultHeader, [.. report.Sinks.Select(s => Row(s.Target, s.Result))], LastIsText: false);

    private static IEnumerable<string> Say(LexiconReport report, LexiconSettings settings, long peakBytes)
    {
        EntryResult result = report.Sinks.First(s => s.Result is not null).Result!;
        yield return $"balance: {Figures.Count(report.Read)} read = {Figures.Count(result.Loaded)} loaded + {Figures.Count(result.Repeated)} repeated + {Figures.Count(report.Rejected)} rejected; "
            + $"{Figures.Count(result.Loaded)} loaded = {Outcomes(result)}";
        yield return $"{Figures.Count(report.Read, "record")} in {Figures.Seconds(report.Elapsed)}: "
            + $"{Figures.Bytes(Figures.PerSecond(report.Bytes, report.Elapsed))}/s, "
            + $"{Figures.Rate(Figures.PerSecond(report.Read, report.Elapsed))} records/s, peak memory {Figures.Bytes(peakBytes)}";
        if (report.Rejected + report.Invalid > 0)
        {
            string path = settings.Options.RejectsPath;
            FirstReject? first = FirstReject.Read(path);
            yield return $"rejects: {Figures.Count(report.Rejected + report.Invalid, "record")} in {path}"
                + (first is null ? "" : $", the first for {first.Reason} at {first.File} line {first.Line}");
        }

        if (report.RemovedNuls > 0)
        {
            yield return $"removed: {Figures.Count(report.RemovedNuls, "character")} U+0000";
        }

        if (settings.IsDryRun)
        {
            yield return "dry run: no entries were written";
        }
        else if (ClosingReport.Query(
            settings.Targets.Zip(report.Sinks).Where(t => t.Second.Result is { Loaded: > 0 }).Select(t => t.First), "select headword, language, definition from entries limit 3") is { } query)
        {
            yield return "next: " + query;
        }
    }
}
