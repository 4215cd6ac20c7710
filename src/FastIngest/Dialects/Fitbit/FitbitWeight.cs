using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fitbit;

/// <summary>Weights in pounds, with the local date and time apart, <c>{"weight": 171.2, "bmi": 23.4, "date": "03/14/24", "time": "06:40:00"}</c>.</summary>
internal sealed class FitbitWeight : JsonLayout
{
    private const int Weight = 0, Bmi = 1, Fat = 2, Date = 3, Time = 4;

    private static readonly FieldNames Fields = new(takesOthers: false, "weight", "bmi", "fat", "date", "time", "logId", "source");

    private static readonly UnitFactor Pounds = Units.Convert("lb", Metrics.Weight.Unit)!.Value;

    public override FieldNames Names => Fields;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!TryReadTime(record.Text(Date), record.Text(Time), records.Clock, out WallTime time))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        if (record.Number(Weight, Pounds, records) is not { } kilograms)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoValue);
            return;
        }

        records.AddSample(Metrics.Weight, FitbitDialect.Source, time, time, kilograms, record.Offset, record.Length);
        if (record.Number(Bmi, UnitFactor.One, records) is > 0 and { } bmi)
        {
            records.AddSample(Metrics.BodyMassIndex, FitbitDialect.Source, time, time, bmi, record.Offset, record.Length);
        }

        if (record.Number(Fat, UnitFactor.One, records) is > 0 and { } fat)
        {
            records.AddSample(Metrics.BodyFat, FitbitDialect.Source, time, time, fat, record.Offset, record.Length);
        }
    }

    /// <summary>Reads the date and the time; a time that cannot be read leaves the day without one.</summary>
    private static bool TryReadTime(ReadOnlySpan<byte> date, ReadOnlySpan<byte> time, ZoneClock clock, out WallTime result)
    {
        Span<byte> joined = stackalloc byte[DateForms.MaxBytes];
        if (!time.IsEmpty && date.Length + 1 + time.Length <= joined.Length)
        {
            date.CopyTo(joined);
            joined[date.Length] = (byte)' ';
            time.CopyTo(joined[(date.Length + 1)..]);
            if (FitbitTime.TryRead(joined[..(date.Length + 1 + time.Length)], Unzoned.Local, clock, out result))
            {
                return true;
            }
        }

        return FitbitTime.TryRead(date, Unzoned.Local, clock, out result);
    }
}
