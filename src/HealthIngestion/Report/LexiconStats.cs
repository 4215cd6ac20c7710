using System.Text.Json;
using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Sinks.Entries;
using HealthIngestion.Formatting;
using HealthIngestion.Settings;

namespace HealthIngestion.Report;

/// <summary>The figures of a run over a dictionary for machines. The keys are documented in docs/stats.md and stay as they are.</summary>
internal static class LexiconStats
{
    public static ReadOnlyMemory<byte> Of(LexiconReport report, LexiconSettings settings, long peakBytes) => StatsFile.Json(json =>
    {
        json.WriteString("pipeline_version", PipelineVersion.Current);
        json.WriteString("source", settings.Options.Source);
        json.WriteString("path", settings.Options.Path);
        WriteChoice(json, settings.Options.Workers, settings.Options.Policy, settings.IsDryRun);
        json.WriteBoolean("strict", settings.IsStrict);
        WriteDone(json, report);
        json.WriteNumber("peak_rss_bytes", peakBytes);
        json.WriteNumber("files", report.Files.Count);
        json.WriteNumber("bytes_per_second", Math.Round(Figures.PerSecond(report.Bytes, report.Elapsed)));
        json.WriteNumber("records_per_second", Math.Round(Figures.PerSecond(report.Read, report.Elapsed)));
        Write(json, "rejected_by_reason", report.RejectedByReason);
        Write(json, "invalid_by_reason", report.InvalidByReason);
        json.WriteNumber("removed_nuls", report.RemovedNuls);
        StatsFile.Write(json, "warnings", report.Warnings);
    });

    /// <summary>The figures that the last line of a JSON log has, too.</summary>
    public static void WriteDone(Utf8JsonWriter json, LexiconReport report)
    {
        json.WriteString("run_id", report.RunId);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 6));
        json.WriteNumber("read", report.Read);
        json.WriteNumber("rejected", report.Rejected);
        StatsFile.WriteSinks(json, report.Sinks, result =>
        {
            WriteResult(json, result);
            json.WriteBoolean("balance_ok", result.Balances(new EntryFigures(report.Read, report.Rejected)));
        });
    }

    /// <summary>How the entries were made and chosen.</summary>
    public static void WriteChoice(Utf8JsonWriter json, int workers, EntryPolicy policy, bool isDryRun)
    {
        json.WriteNumber("workers", workers);
        json.WriteNumber("min_quality", policy.MinQualityHundredths / 100.0);
        json.WriteBoolean("allow_duplicates", policy.AllowsDuplicates);
        json.WriteBoolean("dry_run", isDryRun);
    }

    public static void WriteResult(Utf8JsonWriter json, EntryResult result)
    {
        json.WriteNumber("loaded", result.Loaded);
        json.WriteNumber("repeated", result.Repeated);
        json.WriteNumber("written", result.Written);
        json.WriteNumber("redirects", result.Redirects);
        json.WriteNumber("unchanged", result.Unchanged);
        json.WriteNumber("duplicate", result.Duplicate);
        json.WriteNumber("below_quality", result.BelowQuality);
        json.WriteNumber("invalid", result.Invalid);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach ((string reason, long count) in counts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            json.WriteNumber(reason, count);
        }

        json.WriteEndObject();
    }
}
