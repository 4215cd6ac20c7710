using FastIngest.Dialects.Contract;
using FastIngest.Dialects.JsonExports;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.HealthAutoExport;

/// <summary>
/// Workouts: version 2 has an id, a duration in seconds and <c>activeEnergyBurned</c>; version 1 has neither an id nor a duration, and its
/// <c>activeEnergy</c> is an object, which is an array of samples in version 2.
/// </summary>
internal static class WorkoutLayout
{
    private const int Id = 0, Name = 1, Start = 2, End = 3, Duration = 4, BurnedQty = 5, BurnedUnits = 6, Active = 7, ActiveQty = 8, ActiveUnits = 9, TotalQty = 10, TotalUnits = 11;

    private static readonly UnitFactor SecondsToMinutes = new(1, 60);

    /// <summary>The fields; the last ones are known and not needed.</summary>
    public static readonly FieldNames Names = new(
        false, "id", "name", "start", "end", "duration", "activeEnergyBurned.qty", "activeEnergyBurned.units", "activeEnergy", "activeEnergy.qty", "activeEnergy.units",
        "totalEnergy.qty", "totalEnergy.units",
        "location", "isIndoor", "intensity", "distance", "speed", "avgSpeed", "maxSpeed", "temperature", "humidity", "elevation", "elevationUp", "elevationDown", "basalEnergy", "stepCount", "stepCadence",
        "flightsClimbed", "walkingAndRunningDistance", "cyclingDistance", "swimDistance", "heartRate", "heartRateData", "heartRateRecovery", "avgHeartRate", "maxHeartRate", "metadata", "route", "source");

    /// <summary>Reads a workout.</summary>
    public static void Read(in JsonRecord record, RecordReceiver records)
    {
        if (!PointLayout.TryReadTime(record, Start, records, out WallTime start))
        {
            PointLayout.RejectTime(record, Start, records);
            return;
        }

        long? minutes = record.Number(Duration, SecondsToMinutes, records);
        if (minutes is null && record.Has(End))
        {
            if (!PointLayout.TryReadTime(record, End, records, out WallTime end) || end.TotalMicros < start.TotalMicros)
            {
                PointLayout.RejectTime(record, End, records);
                return;
            }

            minutes = (end.TotalMicros - start.TotalMicros) / 60;
        }

        long? kcal = Energy(record, BurnedQty, BurnedUnits, records);
        kcal ??= record.Nested(Active) is [(byte)'{', ..] ? Energy(record, ActiveQty, ActiveUnits, records) : null;
        kcal ??= Energy(record, TotalQty, TotalUnits, records);
        records.AddWorkout(record.Text(Name), start, minutes, kcal, record.Offset, record.Length, record.Text(Id));
    }

    /// <summary>Returns an energy in micros of a kcal; null when it is missing or, which counts, it or its unit cannot be read.</summary>
    private static long? Energy(in JsonRecord record, int quantity, int units, RecordReceiver records) =>
        !record.Has(quantity) ? null
            : UnitOf(record.Text(units)) is { } factor ? record.Number(quantity, factor, records)
            : records.Number(Names.NameAt(quantity), record.Offset, record.Text(quantity), record.Text(units), factor: null);

    private static UnitFactor? UnitOf(ReadOnlySpan<byte> units) =>
        units.SequenceEqual("kcal"u8) ? UnitFactor.One : units.Length is > 0 and < 32 ? Units.Convert(System.Text.Encoding.UTF8.GetString(units), "kcal") : null;
}
