using System.Text;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using HealthIngestion.Formatting;
using HealthIngestion.Settings;
using HealthIngestion.Terminal;

namespace HealthIngestion.Report;

/// <summary>The summaries of runs over stored dictionaries.</summary>
internal static class StoredClosing
{
    private const int ShownLetters = 40;

    public static ClosingReport Of(ReprocessReport report, StoredSettings settings, long peakBytes) => new(
        [
            new FigureTable(
                ["source", "records", "written", "unchanged", "duplicate", "below quality", "invalid", "removed"],
                [.. report.Sources.Select(IReadOnlyList<string> (s) =>
                [
                    s.Source,
                    Figures.Count(s.Result.Loaded),
                    Figures.Count(s.Result.Written),
                    Figures.Count(s.Result.Unchanged),
                    Figures.Count(s.Result.Duplicate),
                    Figures.Count(s.Result.BelowQuality),
                    Figures.Count(s.Result.Invalid),
                    Figures.Count(s.Removed),
                ])],
                LastIsText: false),
        ],
        [.. Say(report, settings, peakBytes)]);

    /// <summary>What <c>validate</c> prints.</summary>
    public static string Text(ValidationReport report)
    {
        StringBuilder text = new();
        if (report.Findings.Count > 0)
        {
            text.Append(new FigureTable(
                ["finding", "entries", "such as"],
                [.. report.Findings.OrderByDescending(f => f.Count).Select(IReadOnlyList<string> (f) => [f.Name, Figures.Count(f.Count), string.Join(", ", f.Examples.Select(Example))])],
                LastIsText: true).ToPlainText()).Append('\n');
        }

        return text.Append($"{Figures.Count(report.Records, "record")}, {Figures.Count(report.Entries)} with an entry; findings: {Figures.Count(report.Findings.Sum(f => f.Count))}\n").ToString();
    }

    private static IEnumerable<string> Say(ReprocessReport report, StoredSettings settings, long peakBytes)
    {
        EntryResult total = report.Total;
        yield return $"balance: {Figures.Count(total.Loaded, "record")} = {LexiconClosing.Outcomes(total)}";
        yield return $"{Figures.Count(total.Loaded, "record")} in {Figures.Seconds(report.Elapsed)}: "
            + $"{Figures.Rate(Figures.PerSecond(total.Loaded, report.Elapsed))} records/s, peak memory {Figures.Bytes(peakBytes)}";
        if (settings.IsDryRun)
        {
            yield return "dry run: no entries were changed";
        }
    }

    private static string Example(FindingExample example)
    {
        string word = Log.OneLine(example.Headword);
        word = word.Length > ShownLetters ? word[..ShownLetters] + "…" : word;
        return $"{(word.Length > 0 ? $"{word} ({example.Language})" : "a record")} in {example.Source}, raw {Figures.Count(example.RawId)}";
    }
}
