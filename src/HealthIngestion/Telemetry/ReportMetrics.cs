using FastIngest.Delivery;
using FastIngest.Health;
using FastIngest.Pipeline.Entries;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Exports;
using HealthIngestion.Report;

namespace HealthIngestion.Telemetry;

/// <summary>The figures of complete runs as metrics.</summary>
internal static class ReportMetrics
{
    private const string Rejects = "Records that are rejected, by reason.";

    public static IReadOnlyList<Metric> Of(IngestReport report, IReadOnlyList<DeliveryOutcome> deliveries)
    {
        CategoryReport[] read = [.. report.Categories.Where(c => c.Records > 0)];
        List<Metric> metrics =
        [
            new("records", "Records by category and by what became of them.", [.. read.SelectMany(Outcomes)]) { IsSum = true },
            new("rejects", Rejects, [.. read.SelectMany(c => c.RejectedByReason.OrderBy(r => r.Key).Select(r => new MetricValue(r.Value, CategoryOf(c), new MetricLabel("reason", r.Key.Name()))))]) { IsSum = true },
            Metric.Sum("rows", "The daily summaries of the run.", report.Rows),
        ];
        if (deliveries.Count > 0)
        {
            metrics.Add(Of(deliveries));
        }

        return metrics;
    }

    public static IReadOnlyList<Metric> Of(LexiconReport report)
    {
        EntryResult result = report.Sinks.Select(s => s.Result).OfType<EntryResult>().FirstOrDefault() ?? EntryResult.Zero;
        return
        [
            Metric.Sum("records", "Records of the dictionary.", report.Read),
            new("rejects", Rejects, [.. report.RejectedByReason.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => new MetricValue(r.Value, new MetricLabel("reason", r.Key)))]) { IsSum = true },
            new(
                "entries",
                "What became of the records in the first target.",
                [
                    Result("loaded", result.Loaded), Result("repeated", result.Repeated), Result("written", result.Written), Result("unchanged", result.Unchanged),
                    Result("duplicate", result.Duplicate), Result("below_quality", result.BelowQuality), Result("invalid", result.Invalid),
                ])
            { IsSum = true },
        ];
    }

    /// <summary>Summaries by what became of them, over all APIs.</summary>
    public static Metric Of(IReadOnlyList<DeliveryOutcome> outcomes) => new("deliveries", "Summaries by what became of them, over all APIs.", Results(outcomes, "delivered"));

    /// <summary>Summaries by what became of their vectors.</summary>
    public static Metric OfVectors(IReadOnlyList<DeliveryOutcome> outcomes) => new("embeddings", "Summaries by what became of their vectors.", Results(outcomes, "embedded"));

    /// <summary>The rows that an export wrote.</summary>
    public static Metric Of(IReadOnlyList<ExportedFile> files) =>
        new("exported_rows", "The rows of each file.", [.. files.Select(f => new MetricValue(f.Rows, new MetricLabel("table", f.Table)))]) { IsSum = true };

    private static MetricValue[] Results(IReadOnlyList<DeliveryOutcome> outcomes, string done)
    {
        DeliveryReport[] reports = [.. outcomes.Select(o => o.Report).OfType<DeliveryReport>()];
        return
        [
            Result(done, reports.Sum(r => r.Delivered)), Result("unchanged", reports.Sum(r => r.Unchanged)), Result("refused", reports.Sum(r => r.Rejected)),
            Result("left", reports.Sum(r => r.Left)),
        ];
    }

    private static MetricValue[] Outcomes(CategoryReport category) =>
    [
        Outcome(category, "aggregated", category.Aggregated), Outcome(category, "repeated", category.Repeated), Outcome(category, "rejected", category.Rejected),
        Outcome(category, "filtered", category.Filtered), Outcome(category, "passed_over", category.PassedOver),
    ];

    private static MetricValue Outcome(CategoryReport category, string outcome, long records) => new(records, CategoryOf(category), new MetricLabel("outcome", outcome));

    private static MetricLabel CategoryOf(CategoryReport category) => new("category", category.Category.Name());

    private static MetricValue Result(string name, long count) => new(count, new MetricLabel("result", name));
}
