using FastIngest.Pipeline.HealthData;
using HealthIngestion.Formatting;

namespace HealthIngestion.Report;

/// <summary>
/// The promise that nothing is lost, checked: every record read is in the output, repeats a record of another file, is outside the selection, or is in the rejects file.
/// If stored records are taken into the run, they are part of both sides. Records are counted by the map and aggregated ones by the reduce, so the two sides do not come from one counter.
/// </summary>
/// <param name="Filtered">Records outside the selection; null when the run takes all records.</param>
/// <param name="PassedOver">Records of exports that their dialect does not read.</param>
/// <param name="Stored">Stored records that were taken into the run.</param>
internal sealed record Balance(long Records, long Aggregated, long Repeated, long Rejected, long? Filtered = null, long Stored = 0, long PassedOver = 0)
{
    public static Balance Of(IngestReport report) => new(report.Records, report.Aggregated, report.Repeated, report.Rejected, report.Filtered, report.Stored, report.Categories.Sum(c => c.PassedOver));

    public bool IsOk => Records + Stored == Aggregated + Repeated + (Filtered ?? 0) + PassedOver + Rejected;

    public override string ToString() =>
        $"{Figures.Count(Records, "record")}{(Stored == 0 ? "" : $" + {Figures.Count(Stored)} stored before")} = {Figures.Count(Aggregated)} aggregated + {Figures.Count(Repeated)} repeated"
        + (Filtered is { } filtered ? $" + {Figures.Count(filtered)} filtered" : "") + (PassedOver == 0 ? "" : $" + {Figures.Count(PassedOver)} passed over") + $" + {Figures.Count(Rejected)} rejected";
}
