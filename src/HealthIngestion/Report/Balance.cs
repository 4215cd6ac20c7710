using FastIngest.Pipeline.HealthData;
using HealthIngestion.Formatting;

namespace HealthIngestion.Report;

/// <summary>
/// The promise that nothing is lost, checked: every record read is in the output or in the rejects file. Records are
/// counted by the map and aggregated ones by the reduce, so the two sides do not come from one counter.
/// </summary>
internal sealed record Balance(long Records, long Aggregated, long Rejected)
{
    public static Balance Of(IngestReport report) => new(report.Records, report.Aggregated, report.Rejected);

    public bool IsOk => Records == Aggregated + Rejected;

    public override string ToString() =>
        $"{Figures.Count(Records, "record")} = {Figures.Count(Aggregated)} aggregated + {Figures.Count(Rejected)} rejected";
}
