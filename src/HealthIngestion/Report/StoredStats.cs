using System.Text.Json;
using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using HealthIngestion.Formatting;
using HealthIngestion.Settings;

namespace HealthIngestion.Report;

/// <summary>The figures of runs over stored dictionaries for machines. The keys are documented in docs/stats.md and stay as they are.</summary>
internal static class StoredStats
{
    public static ReadOnlyMemory<byte> Of(ReprocessReport report, StoredSettings settings, long peakBytes) => StatsFile.Json(json =>
    {
        WriteHead(json, report.Target, peakBytes);
        LexiconStats.WriteChoice(json, settings.Workers, settings.Policy, settings.IsDryRun);
        WriteDone(json, report);
        json.WriteNumber("records_per_second", Math.Round(Figures.PerSecond(report.Total.Loaded, report.Elapsed)));
        StatsFile.Write(json, "warnings", report.Warnings);
    });

    public static ReadOnlyMemory<byte> Of(ValidationReport report, StoredSettings settings, long peakBytes) => StatsFile.Json(json =>
    {
        WriteHead(json, report.Target, peakBytes);
        json.WriteNumber("workers", settings.Workers);
        json.WriteNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 6));
        json.WriteNumber("records", report.Records);
        json.WriteNumber("entries", report.Entries);
        StatsFile.WriteObjects(json, "findings", report.Findings, finding =>
        {
            json.WriteString("finding", finding.Name);
            json.WriteNumber("entries", finding.Count);
            StatsFile.WriteObjects(json, "examples", finding.Examples, example =>
            {
                json.WriteString("source", example.Source);
                json.WriteNumber("raw_id", example.RawId);
                json.WriteString("headword", example.Headword);
                json.WriteString("language", example.Language);
            });
        });
        json.WriteNumber("records_per_second", Math.Round(Figures.PerSecond(report.Records, report.Elapsed)));
    });

    /// <summary>The figures that the last line of a JSON log has, too.</summary>
    public static void WriteDone(Utf8JsonWriter json, ReprocessReport report)
    {
        json.WriteNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 6));
        StatsFile.WriteObjects(json, "sources", report.Sources, source =>
        {
            json.WriteString("source", source.Source);
            LexiconStats.WriteResult(json, source.Result);
            json.WriteNumber("removed", source.Removed);
            json.WriteBoolean("balance_ok", source.Result.Balances(new EntryFigures(source.Result.Loaded, 0)));
        });
    }

    private static void WriteHead(Utf8JsonWriter json, string target, long peakBytes)
    {
        json.WriteString("pipeline_version", PipelineVersion.Current);
        json.WriteString("target", target);
        json.WriteNumber("peak_rss_bytes", peakBytes);
    }
}
