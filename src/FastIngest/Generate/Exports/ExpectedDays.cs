namespace FastIngest.Generate.Exports;

/// <summary>
/// The file <c>expected-days.ndjson</c>: a line for each user and day with the totals that a correct reader finds in the export. A value
/// that the day does not have is missing.
/// </summary>
/// <param name="kind">The kind of export.</param>
/// <param name="isOneUser">Whether there is one user; if records name no user, the reader calls this one <c>me</c>.</param>
internal sealed class ExpectedDays(ExportKind kind, bool isOneUser)
{
    public ExportFile File(int users, int days) => new(GeneratedMarker.ExpectedDays, [new ExportPart(Write)], new ExportRange(1, users, 0, days));

    private void Write(ExportDay day, ExportText text)
    {
        text.Begin();
        text.Put("{\"user_id\":\""u8);
        if (isOneUser && !kind.NamesUsers)
        {
            text.Put("me"u8);
        }
        else
        {
            ExportKind.PutUserId(day, text);
        }

        text.Put("\",\"date\":\""u8);
        text.PutDate(day.Date);
        text.Put("\""u8);
        WriteSums(day, text);
        WriteHeart(day, text);
        WriteSleep(day, text);
        WriteBody(day, text);
        WriteWorkouts(day, text);
        text.Put("}\n"u8);
    }

    private bool Has(ExportMetrics metric) => (kind.Metrics & metric) != 0;

    private void WriteSums(ExportDay day, ExportText text)
    {
        int steps = 0;
        foreach (int ofHour in day.WatchSteps)
        {
            steps += ofHour;
        }

        if (Has(ExportMetrics.Steps))
        {
            text.Put(",\"steps\":"u8, steps, ""u8);
        }

        if (Has(ExportMetrics.Distance))
        {
            text.Put(",\"distance_km\":"u8);
            text.PutDecimal((long)steps * day.StrideCm, 5);
        }

        if (Has(ExportMetrics.ActiveEnergy))
        {
            text.Put(",\"active_energy_kcal\":"u8);
            text.PutDecimal(steps * ExportDay.HundredthKcalPerStep, 2);
        }
    }

    private void WriteHeart(ExportDay day, ExportText text)
    {
        if (Has(ExportMetrics.HeartRate))
        {
            (int least, int greatest) = day.HeartRateRange;
            text.Put(",\"heart_rate\":{\"count\":"u8, day.HeartRates.Count, ",\"min\":"u8);
            text.Put(least);
            text.Put(",\"max\":"u8);
            text.Put(greatest);
            text.Put("}"u8);
        }

        if (Has(ExportMetrics.RestingHeartRate) && day.RestingHeartRate is > 0 and var resting)
        {
            text.Put(",\"resting_heart_rate\":"u8, resting, ""u8);
        }
    }

    private void WriteSleep(ExportDay day, ExportText text)
    {
        if (!Has(ExportMetrics.Sleep))
        {
            return;
        }

        text.Put(",\"sleep_minutes\":{\"light\":"u8, day.MinutesOf(SleepStage.Light), ",\"deep\":"u8);
        text.Put(day.MinutesOf(SleepStage.Deep));
        text.Put(",\"rem\":"u8, day.MinutesOf(SleepStage.Rem), ""u8);
        if (Has(ExportMetrics.SleepAwake))
        {
            text.Put(",\"awake\":"u8, day.MinutesOf(SleepStage.Awake), ""u8);
        }

        text.Put("}"u8);
    }

    private void WriteBody(ExportDay day, ExportText text)
    {
        if (day.WeightTenthPounds == 0)
        {
            return;
        }

        if (Has(ExportMetrics.Weight))
        {
            text.Put(",\"weight_kg\":"u8);
            text.PutDecimal(day.WeightNanoKg, 9);
        }

        if (Has(ExportMetrics.BloodPressure))
        {
            (int systolic, int diastolic) = day.BloodPressure;
            text.Put(",\"blood_pressure\":{\"systolic\":"u8, systolic, ",\"diastolic\":"u8);
            text.Put(diastolic);
            text.Put("}"u8);
        }
    }

    private void WriteWorkouts(ExportDay day, ExportText text)
    {
        if (!Has(ExportMetrics.Workouts) || day.Workouts.Count == 0)
        {
            return;
        }

        int minutes = 0, kcal = 0;
        foreach (Workout workout in day.Workouts)
        {
            minutes += workout.Minutes;
            kcal += workout.Kcal;
        }

        text.Put(",\"workouts\":{\"count\":"u8, day.Workouts.Count, ",\"minutes\":"u8);
        text.Put(minutes);
        if (Has(ExportMetrics.WorkoutEnergy))
        {
            text.Put(",\"kcal\":"u8, kcal, ""u8);
        }

        text.Put("}"u8);
    }
}
