using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Garmin;

/// <summary>
/// Activities, which become workouts. Times and durations are milliseconds, also with a fraction. <c>calories</c> is not read: public
/// sources disagree on whether it is in kcal or in kJ.
/// </summary>
internal sealed class GarminActivity : JsonLayout
{
    private const int Id = 0, Type = 1, StartLocal = 2, Begin = 3, StartGmt = 4, Duration = 5;

    private static readonly FieldNames Fields = new(
        takesOthers: false, "activityId", "activityType", "startTimeLocal", "beginTimestamp", "startTimeGmt", "duration",

        // Known and not needed.
        "movingDuration", "elapsedDuration", "name", "distance", "sportType", "userProfileId", "deviceId", "avgHr", "maxHr", "steps", "lapCount", "timeZoneId",
        "eventTypeId", "rule", "avgSpeed", "maxSpeed", "elevationGain", "elevationLoss", "manufacturer", "splits", "parent");

    private static readonly UnitFactor Minutes = Units.Convert("ms", "min")!.Value;

    /// <summary>Of the local time in milliseconds only the digits of the clock are meant, so that no zone applies.</summary>
    [ThreadStatic]
    private static ZoneClock? _wall;

    public override FieldNames Names => Fields;

    public override Category Category => Category.Workouts;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!(record.Has(StartLocal) && StampReader.TryReadEpoch(record.Text(StartLocal), EpochUnit.Milliseconds, _wall ??= new ZoneClock(null), out WallTime start))
            && !StampReader.TryReadEpoch(record.Text(record.Has(Begin) ? Begin : StartGmt), EpochUnit.Milliseconds, records.Clock, out start))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        records.AddWorkout(record.Text(Type), start, record.Number(Duration, Minutes, records), null, record.Offset, record.Length, record.Text(Id));
    }
}
