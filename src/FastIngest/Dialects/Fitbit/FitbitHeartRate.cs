using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fitbit;

/// <summary>Heart rates, <c>{"dateTime": "03/10/20 07:59:29", "value": {"bpm": 70, "confidence": 3}}</c>, in UTC.</summary>
internal sealed class FitbitHeartRate : JsonLayout
{
    private const int DateTime = 0, Bpm = 1;

    private static readonly FieldNames Fields = new(takesOthers: false, "dateTime", "value.bpm", "value.confidence");

    public override FieldNames Names => Fields;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!FitbitTime.TryRead(record.Text(DateTime), Unzoned.Utc, records.Clock, out WallTime time))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        switch (record.Number(Bpm, UnitFactor.One, records))
        {
            case null:
                records.Reject(record.Offset, record.Length, RejectReason.NoValue);
                break;
            case <= 0:
                records.PassOver("heart_rate without a reading"u8);
                break;
            case { } bpm:
                records.AddSample(Metrics.HeartRate, FitbitDialect.Source, time, time, bpm, record.Offset, record.Length);
                break;
        }
    }
}
