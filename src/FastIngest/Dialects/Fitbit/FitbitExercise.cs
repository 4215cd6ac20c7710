using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fitbit;

/// <summary>
/// Exercises, which become workouts. The start is in UTC. The time without pauses counts, <c>activeDuration</c>. The steps and the
/// distance of an exercise are in the files of steps and distance too, so that they are not added once more.
/// </summary>
internal sealed class FitbitExercise : JsonLayout
{
    private const int LogId = 0, Name = 1, Start = 2, ActiveDuration = 3, Duration = 4, Calories = 5;

    private static readonly FieldNames Fields = new(
        takesOthers: false, "logId", "activityName", "startTime", "activeDuration", "duration", "calories",

        // Known and not needed.
        "activityTypeId", "activityLevel", "averageHeartRate", "steps", "logType", "manualValuesSpecified", "heartRateZones", "activeZoneMinutes", "lastModified",
        "originalStartTime", "originalDuration", "hasGps", "shouldFetchDetails", "hasActiveZoneMinutes", "elevationGain", "distance", "distanceUnit", "speed", "pace",
        "vo2Max", "source", "tcxLink", "caloriesLink", "heartRateLink", "swimLengths", "poolLength", "poolLengthUnit");

    private static readonly UnitFactor Minutes = Units.Convert("ms", "min")!.Value;

    public override FieldNames Names => Fields;

    public override Category Category => Category.Workouts;

    public override void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!FitbitTime.TryRead(record.Text(Start), Unzoned.Utc, records.Clock, out WallTime start))
        {
            records.Reject(record.Offset, record.Length, RejectReason.NoDate);
            return;
        }

        long? minutes = record.Number(ActiveDuration, Minutes, records) ?? record.Number(Duration, Minutes, records);
        long? kcal = record.Number(Calories, UnitFactor.One, records);
        records.AddWorkout(record.Text(Name), start, minutes, kcal, record.Offset, record.Length, record.Text(LogId));
    }
}
