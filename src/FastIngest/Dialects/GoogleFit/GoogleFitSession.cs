using System.Text.Json;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.GoogleFit;

/// <summary>
/// Sessions, one in a file: <c>{"fitnessActivity": "running", "startTime": "2024-03-31T08:00:00.000Z", "endTime": …, "duration": "1803.5s", "aggregate": […]}</c>.
/// A session of sleep is an interval of sleep; any other one is a workout.
/// </summary>
internal sealed class GoogleFitSession : JsonLayout
{
    private const int Activity = 0, Start = 1, End = 2, Duration = 3, Aggregate = 4;

    private static readonly FieldNames Fields = new(
        takesOthers: false, "fitnessActivity", "startTime", "endTime", "duration", "aggregate",

        // Known and not needed.
        "segment", "id", "name", "description", "application", "packageName");

    private static readonly UnitFactor Seconds = Units.Convert("s", "min")!.Value;

    public override FieldNames Names => Fields;

    public override Category Category => Category.Workouts;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!StampReader.TryRead(record.Text(Start), Unzoned.Utc, records.Clock, out WallTime start))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        bool hasEnd = StampReader.TryRead(record.Text(End), Unzoned.Utc, records.Clock, out WallTime end);
        long? minutes = Minutes(record, records);
        if (minutes is null && record.Has(End))
        {
            if (!hasEnd || end.TotalMicros < start.TotalMicros || !Quantity.TryConvert(end.TotalMicros - start.TotalMicros, Seconds, out long elapsed))
            {
                records.Reject(record.Offset, record.Length, RejectReason.NoDate);
                return;
            }

            minutes = elapsed;
        }

        ReadOnlySpan<byte> activity = record.Text(Activity);
        if (activity.SequenceEqual("sleep"u8))
        {
            WallTime until = RecordReceiver.After(start, minutes.GetValueOrDefault(), 60 * WallTime.MicrosPerSecond);
            records.AddSample(Metrics.Sleep, "Google Fit session"u8, start, until, 0, record.Offset, record.Length, RecordReceiver.SleepDay(hasEnd ? end : until));
            return;
        }

        records.AddWorkout(activity, start, minutes, Kilocalories(record, records), record.Offset, record.Length);
    }

    /// <summary>The duration in micros of a minute, as written; null when it is missing or, which counts, unreadable.</summary>
    private static long? Minutes(in JsonRecord record, RecordReceiver records)
    {
        ReadOnlySpan<byte> duration = record.Text(Duration);
        if (duration is [.. var digits, (byte)'s'] && Quantity.TryParse(digits, Seconds, out long micros))
        {
            return micros;
        }

        if (!duration.IsEmpty)
        {
            records.CountUnreadable("duration", record.Offset, duration, isText: true);
        }

        return null;
    }

    /// <summary>The value of <c>com.google.calories.expended</c>; null when it is missing or, which counts, unreadable.</summary>
    private static long? Kilocalories(in JsonRecord record, RecordReceiver records)
    {
        ReadOnlySpan<byte> aggregate = record.Nested(Aggregate);
        if (aggregate.IsEmpty || aggregate[0] != '[')
        {
            return null;
        }

        Utf8JsonReader json = new(aggregate);
        json.Read();
        bool isEnergy = false, isName = false;
        long? value = null;
        ReadOnlySpan<byte> other = default;
        while (json.Read() && json.CurrentDepth > 0)
        {
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject when json.CurrentDepth == 1:
                    (isEnergy, value) = (false, null);
                    other = default;
                    break;
                case JsonTokenType.PropertyName:
                    isName = json.ValueTextEquals("metricName"u8);
                    break;
                case JsonTokenType.String when isName:
                    isEnergy = json.ValueTextEquals("com.google.calories.expended"u8);
                    break;
                case JsonTokenType.Number or JsonTokenType.String when json.CurrentDepth == 2 && Quantity.TryParse(json.ValueSpan, UnitFactor.One, out long micros):
                    value = micros;
                    break;
                case JsonTokenType.Number or JsonTokenType.String or JsonTokenType.True or JsonTokenType.False when json.CurrentDepth == 2:
                    other = json.ValueSpan;
                    break;
                case JsonTokenType.EndObject when json.CurrentDepth == 1 && isEnergy && value is not null:
                    return value;
                case JsonTokenType.EndObject when json.CurrentDepth == 1 && isEnergy && !other.IsEmpty:
                    records.CountUnreadable("aggregate.floatValue", record.Offset, other, isText: true);
                    break;
            }
        }

        return null;
    }
}
