using System.Text.Json;
using FastIngest.Health;
using FastIngest.Net;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;
using HealthIngestion.CommandLine;
using HealthIngestion.Formatting;
using HealthIngestion.Settings;

namespace HealthIngestion.Report;

/// <summary>The run's figures for machines. The keys are documented in docs/stats.md and stay as they are.</summary>
internal static class StatsJson
{
    public static ReadOnlyMemory<byte> Of(IngestReport report, IReadOnlyList<DeliveryOutcome> deliveries, IngestSettings settings, long peakBytes) => StatsFile.Json(json =>
    {
        json.WriteString("run_id", report.RunId);
        json.WriteString("isa", VersionText.Isa);
        Write(json, settings);
        json.WriteNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 6));
        json.WriteNumber("peak_rss_bytes", peakBytes);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteNumber("bytes_per_second", Math.Round(Figures.PerSecond(report.Bytes, report.Elapsed)));
        json.WriteNumber("records_per_second", Math.Round(Figures.PerSecond(report.Records, report.Elapsed)));
        json.WriteNumber("rows", report.Rows);
        StatsFile.WriteObjects(json, "categories", report.Categories, category => Write(json, category));
        StatsFile.WriteSinks(json, report.Sinks, result =>
        {
            json.WriteNumber("rows", result.Rows);
            json.WriteNumber("inserted", result.Inserted);
            json.WriteNumber("updated", result.Updated);
            json.WriteNumber("unchanged", result.Unchanged);
            json.WriteNumber("refreshed", result.Refreshed);
            json.WriteNumber("removed_nuls", result.RemovedNuls);
            json.WriteNumber("poorer_days", result.PoorerDays);
            Write(json, result.Tables);
        });
        DeliveryWords.Write(json, deliveries);
        FieldWords.Write(json, report);
        ExportWords.Write(json, report);
        WriteBalance(json, Balance.Of(report));
        StatsFile.Write(json, "warnings", report.Warnings);
        StatsFile.WriteObjects(json, "unread", report.Unread, file =>
        {
            json.WriteString("path", file.Path);
            json.WriteString("reason", file.Reason);
            json.WriteString("guess", file.Guess);
            json.WriteBoolean("expected", file.IsExpected);
        });
    });

    /// <summary>The figures that the last line of a JSON log has, too.</summary>
    public static void WriteDone(Utf8JsonWriter json, IngestReport report, IReadOnlyList<DeliveryOutcome> deliveries)
    {
        json.WriteString("run_id", report.RunId);
        json.WriteNumber("rows", report.Rows);
        json.WriteNumber("bytes", report.Bytes);
        json.WriteNumber("elapsed_seconds", Math.Round(report.Elapsed.TotalSeconds, 6));
        DeliveryWords.Write(json, deliveries);
        WriteBalance(json, Balance.Of(report));
    }

    public static void WriteBalance(Utf8JsonWriter json, Balance balance)
    {
        json.WriteStartObject("balance");
        json.WriteNumber("records", balance.Records);
        if (balance.Stored > 0)
        {
            json.WriteNumber("stored", balance.Stored);
        }

        json.WriteNumber("aggregated", balance.Aggregated);
        json.WriteNumber("repeated", balance.Repeated);
        if (balance.Filtered is { } filtered)
        {
            json.WriteNumber("filtered", filtered);
        }

        if (balance.PassedOver > 0)
        {
            json.WriteNumber("passed_over", balance.PassedOver);
        }

        json.WriteNumber("rejected", balance.Rejected);
        json.WriteBoolean("ok", balance.IsOk);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IngestSettings settings)
    {
        IngestOptions options = settings.Options;
        json.WriteStartObject("options");
        StatsFile.Write(json, "paths", [.. options.Paths.Select(RemotePath.Show)]);
        json.WriteString("mode", options.Mode == IngestMode.Original ? "original" : "optimized");
        json.WriteNumber("workers", options.Workers);
        json.WriteString("io", options.Io switch { IoMode.Mmap => "mmap", IoMode.Pread => "pread", _ => "auto" });
        json.WriteNumber("chunk_bytes", options.ChunkBytes);
        json.WriteNumber("max_record_bytes", options.MaxRecordBytes);
        json.WriteString("rejects_path", options.RejectsPath);
        json.WriteBoolean("dry_run", settings.IsDryRun);
        json.WriteBoolean("strict", settings.IsStrict);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<RecordTableResult> tables)
    {
        if (tables.Count == 0)
        {
            return;
        }

        StatsFile.WriteObjects(json, "tables", tables, table =>
        {
            json.WriteString("table", table.Table);
            json.WriteNumber("rows", table.Rows);
            json.WriteNumber("replaced", table.Replaced);
            json.WriteNumber("unchanged", table.Unchanged);
            json.WriteNumber("kept", table.Kept);
            json.WriteNumber("bytes", table.Bytes);
        });
    }

    private static void Write(Utf8JsonWriter json, CategoryReport category)
    {
        json.WriteString("category", category.Category.Name());
        json.WriteNumber("files", category.Files);
        json.WriteNumber("bytes", category.Bytes);
        json.WriteNumber("records", category.Records);
        json.WriteNumber("stored", category.Stored);
        json.WriteNumber("aggregated", category.Aggregated);
        json.WriteNumber("repeated", category.Repeated);
        json.WriteNumber("rejected", category.Rejected);
        json.WriteStartObject("rejected_by_reason");
        foreach ((RejectReason reason, long count) in category.RejectedByReason.OrderBy(r => r.Key))
        {
            json.WriteNumber(reason.Name(), count);
        }

        json.WriteEndObject();
    }
}
