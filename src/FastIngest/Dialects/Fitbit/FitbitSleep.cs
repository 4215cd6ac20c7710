using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fitbit;

/// <summary>
/// Sleep logs, in local time. Their stages become intervals of the day in <c>dateOfSleep</c>, and the whole time becomes time in
/// bed. A log without stages gives its minutes asleep as one interval.
/// </summary>
internal sealed class FitbitSleep : JsonLayout
{
    private const int DateOfSleep = 0, Start = 1, End = 2, Duration = 3, MinutesAsleep = 4, MinutesToFallAsleep = 5, Levels = 6;

    private const long MicrosPerMilli = 1000, MicrosPerMinute = 60 * WallTime.MicrosPerSecond;

    private static readonly FieldNames Fields = new(
        takesOthers: false, "dateOfSleep", "startTime", "endTime", "duration", "minutesAsleep", "minutesToFallAsleep", "levels",

        // Known and not needed.
        "logId", "minutesAwake", "minutesAfterWakeup", "timeInBed", "efficiency", "type", "infoCode", "logType", "mainSleep");

    [ThreadStatic]
    private static FitbitStages? _stages;

    public override FieldNames Names => Fields;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!FitbitTime.TryRead(record.Text(Start), Unzoned.Local, records.Clock, out WallTime start) || !start.HasTime)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        // The duration is exact also in a night in which the clocks change; the end is not.
        bool hasEnd = FitbitTime.TryRead(record.Text(End), Unzoned.Local, records.Clock, out WallTime end);
        WallTime outOfBed = record.Number(Duration, UnitFactor.One, records) is { } duration ? RecordReceiver.After(start, duration, MicrosPerMilli) : hasEnd ? end : start;
        end = hasEnd ? end : outOfBed;
        FitbitStages stages = _stages ??= new FitbitStages();
        stages.Read(record.Nested(Levels), records.Clock);
        int day = DateParser.TryParseDay(record.Text(DateOfSleep), out int given) ? given : RecordReceiver.SleepDay(end);
        foreach (ref readonly StageInterval stage in stages.Intervals)
        {
            records.AddSample(stage.Metric, FitbitDialect.Source, stage.Start, stage.End, 0, record.Offset, record.Length, day);
        }

        if (stages.Intervals.IsEmpty && record.Number(MinutesAsleep, UnitFactor.One, records) is > 0 and { } asleep)
        {
            WallTime from = RecordReceiver.After(start, Math.Max(0, record.Number(MinutesToFallAsleep, UnitFactor.One, records) ?? 0), MicrosPerMinute);
            records.AddSample(Metrics.Sleep, FitbitDialect.Source, from, RecordReceiver.After(from, asleep, MicrosPerMinute), 0, record.Offset, record.Length, day);
        }

        for (int i = 0; i < stages.UnknownCount; i++)
        {
            records.PassOver("sleep level of an unknown kind"u8);
        }

        for (int i = 0; i < stages.WithoutTimeCount; i++)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
        }

        for (int i = 0; i < stages.WithoutLengthCount; i++)
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoValue);
        }

        records.AddSample(Metrics.InBed, FitbitDialect.Source, start, outOfBed, 0, record.Offset, record.Length, day);
    }
}
