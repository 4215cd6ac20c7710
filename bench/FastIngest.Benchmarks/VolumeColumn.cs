using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace FastIngest.Benchmarks;

/// <summary>The bytes and records that one call processes. A benchmark sets them in its set-up, in this process.</summary>
internal static class Volume
{
    private static readonly Dictionary<string, (long Bytes, long Records)> Known = [];

    public static void Set(Type benchmark, long bytes, long records, params object[] parameters) =>
        Known[Key(benchmark, parameters)] = (bytes, records);

    public static (long Bytes, long Records) Of(BenchmarkCase benchmark) => Known.GetValueOrDefault(
        Key(benchmark.Descriptor.Type, benchmark.Parameters.Items.Select(item => item.Value)));

    private static string Key(Type benchmark, IEnumerable<object?> parameters) =>
        benchmark.Name + string.Join(' ', parameters.Select(p => p?.ToString()).Order(StringComparer.Ordinal));
}

/// <summary>A column with a result of a benchmark relative to its volume.</summary>
internal sealed class VolumeColumn(string name, string legend, Func<BenchmarkReport, long, long, double?> figure) : IColumn
{
    public static readonly IColumn GigabytesPerSecond = new VolumeColumn(
        "GB/s", "10^9 input bytes per second, by the median", (report, bytes, _) => bytes / report.ResultStatistics?.Median);

    public static readonly IColumn NanosecondsPerRecord = new VolumeColumn(
        "ns/record", "Median time per record; per row in reduce and sink", (report, _, records) => report.ResultStatistics?.Median / records);

    public static readonly IColumn AllocatedPerRecord = new VolumeColumn(
        "B/record",
        "Managed bytes allocated per record; per row in reduce and sink",
        (report, _, records) => (double?)report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) / records);

    public string Id => ColumnName;

    public string ColumnName => name;

    public string Legend => legend;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        (long bytes, long records) = Volume.Of(benchmarkCase);
        BenchmarkReport? report = summary[benchmarkCase];
        return report is { Success: true } && records > 0 && figure(report, bytes, records) is { } value
            ? value.ToString("0.00", CultureInfo.InvariantCulture)
            : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;
}
