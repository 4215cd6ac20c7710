using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Garmin;

/// <summary>
/// Nights: <c>{"calendarDate": "2024-03-31", "sleepEndTimestampGMT": "2024-03-31T05:00:00.0", "deepSleepSeconds": 4200, …}</c>. The export has only
/// the totals of the stages. The date is that of the morning.
/// </summary>
internal sealed class GarminSleep : JsonLayout
{
    private const int Date = 0, End = 1, Deep = 2, Light = 3, Rem = 4, Respiration = 5, Oxygen = 6, Score = 7;

    private static readonly FieldNames Fields = new(
        takesOthers: false, "calendarDate", "sleepEndTimestampGMT", "deepSleepSeconds", "lightSleepSeconds", "remSleepSeconds", "averageRespiration",
        "spo2SleepSummary.averageSPO2", "sleepScores.overallScore",

        // Known and not needed.
        "sleepStartTimestampGMT", "awakeSleepSeconds", "unmeasurableSeconds", "sleepWindowConfirmationType", "retro");

    private static readonly UnitFactor Hours = Units.Convert("s", "hr")!.Value;

    public override FieldNames Names => Fields;

    public override Category Category => Category.Sleep;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!DateParser.TryParseDay(record.Text(Date), out int number))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        long? deep = record.Number(Deep, Hours, records), light = record.Number(Light, Hours, records), rem = record.Number(Rem, Hours, records);
        if (deep is null && light is null && rem is null)
        {
            records.PassOver("night without sleep"u8);
            return;
        }

        WallTime day = new(number, 0, HasTime: false);
        WallTime end = StampReader.TryRead(record.Text(End), Unzoned.Utc, records.Clock, out WallTime time) && time.Day == number ? time : day;
        records.AddSleep(default, end, Sum(deep, light, rem), deep, rem, null, record.Offset, record.Length, RecordReceiver.TotalOfDay);
        AddReading(record, Respiration, Metrics.RespiratoryRate, day, records);
        AddReading(record, Oxygen, Metrics.OxygenSaturation, day, records);
        AddReading(record, Score, Metrics.SleepScore, day, records);
    }

    private static long Sum(long? deep, long? light, long? rem) =>
        (long)Int128.Clamp((Int128)deep.GetValueOrDefault() + light.GetValueOrDefault() + rem.GetValueOrDefault(), -DecimalParser.MaxMicros, DecimalParser.MaxMicros);

    private static void AddReading(in JsonRecord record, int field, Metric metric, in WallTime day, RecordReceiver records)
    {
        if (record.Number(field, UnitFactor.One, records) is > 0 and { } value)
        {
            records.AddSample(metric, GarminDialect.Source, day, day, value, record.Offset, record.Length, id: RecordReceiver.TotalOfDay);
        }
    }
}
