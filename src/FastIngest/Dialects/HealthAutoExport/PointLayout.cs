using System.Buffers.Text;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.HealthAutoExport;

/// <summary>The points of metrics: <c>{"date": "2026-09-01 07:10:00 -0500", "qty": 184, "source": "Watch|iPhone"}</c>.</summary>
internal static class PointLayout
{
    internal const int Date = 0, Qty = 1, Source = 2, Min = 3, Avg = 4, Max = 5, Systolic = 6, Diastolic = 7, Value = 8, StartDate = 9, EndDate = 10,
        TotalSleep = 11, Asleep = 12, Core = 13, Deep = 14, Rem = 15, Awake = 16, InBed = 17,
        SleepStart = 18, SleepEnd = 19, InBedStart = 20, InBedEnd = 21, SleepSource = 22, InBedSource = 23;

    /// <summary>A mark and a number of microseconds.</summary>
    private const int MaxIdBytes = 24;

    /// <summary>The fields of all kinds of points; the last ones are known and not needed.</summary>
    public static readonly FieldNames Names = new(
        false, "date", "qty", "source", "Min", "Avg", "Max", "systolic", "diastolic", "value", "startDate", "endDate",
        "totalSleep", "asleep", "core", "deep", "rem", "awake", "inBed", "sleepStart", "sleepEnd", "inBedStart", "inBedEnd", "sleepSource", "inBedSource",
        "units", "mealTime", "reason", "metadata");

    /// <summary>Reads a point.</summary>
    public static void Read(in JsonRecord record, FileSection section, RecordReceiver records)
    {
        PointMetric metric = section.Metric!;
        if (metric.Kind == PointKind.Sleep)
        {
            SleepPoint.Read(record, metric, records);
            return;
        }

        if (!TryReadTime(record, Date, records, out WallTime time) && !TryReadTime(record, StartDate, records, out time))
        {
            RejectTime(record, Date, records);
            return;
        }

        ReadOnlySpan<byte> source = section.IsMerged && metric.Metric.Kind == MetricKind.Cumulative ? default : record.Text(Source);
        if (metric.Kind == PointKind.BloodPressure)
        {
            long? systolic = record.Number(Systolic, metric.Factor, records), diastolic = record.Number(Diastolic, metric.Factor, records);
            AddPressure(record, Metrics.Systolic, systolic, time, source, records);
            AddPressure(record, Metrics.Diastolic, diastolic, time, source, records);
            if (systolic is null && diastolic is null)
            {
                records.Reject(record.Offset, record.Length, RejectReason.NoValue);
            }

            return;
        }

        if ((record.Number(Qty, metric.Factor, records) ?? record.Number(Avg, metric.Factor, records)) is not { } value)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoValue);
            return;
        }

        SampleSpread? spread = null;
        if (record.Has(Avg) || record.Has(Min) || record.Has(Max))
        {
            long least = record.Number(Min, metric.Factor, records) ?? value, greatest = record.Number(Max, metric.Factor, records) ?? value;
            spread = new SampleSpread(Math.Min(least, value), Math.Max(greatest, value));
        }

        // The app states the sum of a minute, an hour or a day, which a later export has anew.
        Span<byte> id = stackalloc byte[MaxIdBytes];
        int length = 0;
        if (metric.Metric.Kind == MetricKind.Cumulative && records.NeedsTimes(Category.Samples))
        {
            id[0] = RecordView.TotalMark;
            Utf8Formatter.TryFormat(time.TotalMicros, id[1..], out length);
            length++;
        }

        records.AddSample(metric.Metric, source, time, time, value, record.Offset, record.Length, id: id[..length], spread: spread);
    }

    /// <summary>Reads a time; false when it is missing or unreadable.</summary>
    public static bool TryReadTime(in JsonRecord record, int field, RecordReceiver records, out WallTime time)
    {
        time = default;
        return record.Has(field) && StampReader.TryRead(record.Text(field), Unzoned.Local, records.Clock, out time);
    }

    /// <summary>Rejects a record without a readable time.</summary>
    public static void RejectTime(in JsonRecord record, int field, RecordReceiver records) =>
        records.Reject(record.Offset, record.Length, IsAmbiguous(record.Text(field)) ? RejectReason.AmbiguousDate : RejectReason.NoDate);

    private static void AddPressure(in JsonRecord record, Metric metric, long? micros, in WallTime time, ReadOnlySpan<byte> source, RecordReceiver records)
    {
        if (micros is { } value)
        {
            records.AddSample(metric, source, time, time, value, record.Offset, record.Length);
        }
    }

    private static bool IsAmbiguous(ReadOnlySpan<byte> text)
    {
        Span<byte> iso = stackalloc byte[DateForms.MaxBytes];
        return DateForms.Read(text, iso, out _) == DateKind.Ambiguous;
    }
}
