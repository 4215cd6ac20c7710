using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Health;
using FastIngest.Samples;

namespace FastIngest.Dialects.HealthAutoExport;

/// <summary>
/// The points of <c>sleep_analysis</c>: the totals of a night, or with aggregation turned off one interval,
/// <c>{"startDate": …, "endDate": …, "qty": 0.5, "value": "Core"}</c>.
/// </summary>
internal static class SleepPoint
{
    /// <summary>Reads a point.</summary>
    public static void Read(in JsonRecord record, PointMetric metric, RecordReceiver records)
    {
        if (record.Has(PointLayout.StartDate) && record.Has(PointLayout.Value))
        {
            ReadInterval(record, metric, records);
            return;
        }

        ReadNight(record, metric, records);
    }

    private static void ReadInterval(in JsonRecord record, PointMetric metric, RecordReceiver records)
    {
        if (!PointLayout.TryReadTime(record, PointLayout.StartDate, records, out WallTime start) || !PointLayout.TryReadTime(record, PointLayout.EndDate, records, out WallTime end))
        {
            PointLayout.RejectTime(record, PointLayout.StartDate, records);
            return;
        }

        ReadOnlySpan<byte> value = record.Text(PointLayout.Value);
        if (StageOf(value) is { } stage)
        {
            end = RealEnd(start, end, Hours(record, PointLayout.Qty, metric, records));
            records.AddSample(stage, record.Text(PointLayout.Source), start, end, 0, record.Offset, record.Length);
        }
        else
        {
            records.PassOver([.. "sleep_analysis "u8, .. value[..Math.Min(value.Length, Json.ShortText.MaxNameBytes)]]);
        }
    }

    private static Metric? StageOf(ReadOnlySpan<byte> value)
    {
        foreach ((byte[] name, Metric stage) in Stages)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(value, name))
            {
                return stage;
            }
        }

        return null;
    }

    private static readonly (byte[] Name, Metric Stage)[] Stages =
    [
        ("Core"u8.ToArray(), Metrics.SleepLight), ("Deep"u8.ToArray(), Metrics.SleepDeep), ("REM"u8.ToArray(), Metrics.SleepRem), ("Awake"u8.ToArray(), Metrics.SleepAwake),
        ("Asleep"u8.ToArray(), Metrics.Sleep), ("Unspecified"u8.ToArray(), Metrics.Sleep), ("Asleep Unspecified"u8.ToArray(), Metrics.Sleep),
        ("In Bed"u8.ToArray(), Metrics.InBed), ("InBed"u8.ToArray(), Metrics.InBed),
    ];

    private static void ReadNight(in JsonRecord record, PointMetric metric, RecordReceiver records)
    {
        if (!PointLayout.TryReadTime(record, PointLayout.SleepEnd, records, out WallTime end) && !PointLayout.TryReadTime(record, PointLayout.InBedEnd, records, out end)
            && !PointLayout.TryReadTime(record, PointLayout.Date, records, out end))
        {
            PointLayout.RejectTime(record, PointLayout.Date, records);
            return;
        }

        long deep = Hours(record, PointLayout.Deep, metric, records), rem = Hours(record, PointLayout.Rem, metric, records);
        long staged = Hours(record, PointLayout.Core, metric, records) + deep + rem;
        long total = Hours(record, PointLayout.TotalSleep, metric, records);

        // Older versions have no total. Their time asleep is that without a stage, or that of all stages.
        total = total > 0 ? total : Math.Max(Hours(record, PointLayout.Asleep, metric, records), staged);
        bool isRead = false;
        if (total > 0)
        {
            records.AddSleep(default, end, total, staged > 0 ? deep : null, staged > 0 ? rem : null, null, record.Offset, record.Length, RecordReceiver.TotalOfDay);
            isRead = true;
        }

        if (PointLayout.TryReadTime(record, PointLayout.InBedStart, records, out WallTime bedStart) && PointLayout.TryReadTime(record, PointLayout.InBedEnd, records, out WallTime bedEnd)
            && Hours(record, PointLayout.InBed, metric, records) is > 0 and var inBed)
        {
            bedEnd = RealEnd(bedStart, bedEnd, inBed);
            ReadOnlySpan<byte> source = record.Text(record.Has(PointLayout.InBedSource) ? PointLayout.InBedSource : PointLayout.Source);
            records.AddSample(Metrics.InBed, source, bedStart, bedEnd, 0, record.Offset, record.Length);
            isRead = true;
        }

        if (!isRead)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoValue);
        }
    }

    /// <summary>
    /// Returns the end of an interval by the clock at its start. On the nights when the clocks change, the clock says an hour more or less than the
    /// app, which knows the real length.
    /// </summary>
    private static WallTime RealEnd(in WallTime start, in WallTime end, long hours)
    {
        const long hour = 3600, tolerance = 60;
        long shown = (end.TotalMicros - start.TotalMicros) / WallTime.MicrosPerSecond;
        (long whole, long part) = Math.DivRem(hours, WallTime.MicrosPerSecond);
        long real = (whole * hour) + (part * hour / WallTime.MicrosPerSecond);
        return hours > 0 && Math.Abs(Math.Abs(shown - real) - hour) <= tolerance ? start.Plus(real * WallTime.MicrosPerSecond) : end;
    }

    /// <summary>Returns a number of hours in micros; 0 when it is missing or negative.</summary>
    private static long Hours(in JsonRecord record, int field, PointMetric metric, RecordReceiver records) =>
        Math.Max(0, record.Number(field, metric.Factor, records) ?? 0);
}
