namespace FastIngest.Generate.Exports;

/// <summary>
/// Data points of Open mHealth, one a line. Steps of the phone are bare numbers, as in the first version of their schema, and those of the
/// watch have a unit, as in the third.
/// </summary>
internal sealed class OpenMHealthExport : ExportKind
{
    public override ExportMetrics Metrics =>
        ExportMetrics.Steps | ExportMetrics.HeartRate | ExportMetrics.Sleep | ExportMetrics.Weight | ExportMetrics.BloodPressure | ExportMetrics.Workouts | ExportMetrics.WorkoutEnergy;

    public override bool NamesUsers => true;

    public override IReadOnlyList<ExportPart> Parts { get; } =
    [
        new ExportPart(WriteHeartRates) { DaysPerBlock = 8 },
        new ExportPart(WriteSteps) { DaysPerBlock = 32 },
        new ExportPart(WriteDay),
    ];

    public override IEnumerable<ExportFile> Files(ulong seed, ExportRange range) => [new ExportFile("data-points.ndjson", Parts, range)];

    private static void WriteHeartRates(ExportDay day, ExportText text)
    {
        foreach (HeartReading reading in day.HeartRates)
        {
            Begin(day, text, "heart"u8, reading.Time, "heart-rate"u8, "1.0"u8, "Watch"u8);
            text.Put("\"heart_rate\":{\"value\":"u8, reading.Bpm, ",\"unit\":\"beats/min\"},"u8);
            EndAt(text, reading.Time);
        }
    }

    private static void WriteSteps(ExportDay day, ExportText text)
    {
        for (int hour = 0; hour < day.Hours; hour++)
        {
            long start = day.Midnight + (hour * (long)BerlinClock.HourSeconds);
            if (day.PhoneSteps[hour] is > 0 and var phone)
            {
                Begin(day, text, "phone"u8, start, "step-count"u8, "1.0"u8, "Phone"u8);
                text.Put("\"step_count\":"u8, phone, ","u8);
                EndIn(text, start, start + BerlinClock.HourSeconds);
            }

            if (day.WatchSteps[hour] is > 0 and var watch)
            {
                Begin(day, text, "watch"u8, start, "step-count"u8, "3.0"u8, "Watch"u8);
                text.Put("\"step_count\":{\"value\":"u8, watch, ",\"unit\":\"steps\"},"u8);
                EndIn(text, start, start + BerlinClock.HourSeconds);
            }
        }
    }

    /// <summary>Writes what comes a few times a day or less.</summary>
    private static void WriteDay(ExportDay day, ExportText text)
    {
        List<SleepInterval> night = day.Sleep;
        int light = day.MinutesOf(SleepStage.Light), deep = day.MinutesOf(SleepStage.Deep), rem = day.MinutesOf(SleepStage.Rem);
        Begin(day, text, "night"u8, night[0].Start, "sleep-episode"u8, "1.1"u8, "Watch"u8);
        PutMinutes(text, "total_sleep_time"u8, light + deep + rem);
        PutMinutes(text, "light_sleep_duration"u8, light);
        PutMinutes(text, "deep_sleep_duration"u8, deep);
        PutMinutes(text, "rem_sleep_duration"u8, rem);
        EndIn(text, night[0].Start, night[^1].End);
        if (day.WeightTenthPounds > 0)
        {
            (int systolic, int diastolic) = day.BloodPressure;
            Begin(day, text, "weight"u8, day.ScaleTime, "body-weight"u8, "2.0"u8, "Scale"u8);
            text.Put("\"body_weight\":{\"value\":"u8);
            text.PutDecimal(day.WeightTenthPounds, 1);
            text.Put(",\"unit\":\"lb\"},"u8);
            EndAt(text, day.ScaleTime);
            Begin(day, text, "pressure"u8, day.ScaleTime, "blood-pressure"u8, "3.0"u8, "Cuff"u8);
            text.Put("\"systolic_blood_pressure\":{\"value\":"u8, systolic, ",\"unit\":\"mmHg\"},\"diastolic_blood_pressure\":{\"value\":"u8);
            text.Put(diastolic);
            text.Put(",\"unit\":\"mmHg\"},"u8);
            EndAt(text, day.ScaleTime);
        }

        foreach (Workout workout in day.Workouts)
        {
            Begin(day, text, "workout"u8, workout.Start, "physical-activity"u8, "1.2"u8, "Watch"u8);
            text.Put("\"activity_name\":\""u8);
            text.Put(workout.Sport switch
            {
                Sport.Running => "running"u8,
                Sport.Walking => "walking"u8,
                Sport.Cycling => "cycling"u8,
                _ => "strength training"u8,
            });
            text.Put("\",\"kcal_burned\":{\"value\":"u8, workout.Kcal, ",\"unit\":\"kcal\"},"u8);
            PutMinutes(text, "duration"u8, workout.Minutes);
            EndIn(text, workout.Start, workout.End);
        }
    }

    private static void PutMinutes(ExportText text, ReadOnlySpan<byte> name, int minutes)
    {
        text.Put("\""u8);
        text.Put(name);
        text.Put("\":{\"value\":"u8, minutes, ",\"unit\":\"min\"},"u8);
    }

    private static void Begin(ExportDay day, ExportText text, ReadOnlySpan<byte> id, long time, ReadOnlySpan<byte> schema, ReadOnlySpan<byte> version, ReadOnlySpan<byte> source)
    {
        text.Begin();
        text.Put("{\"header\":{\"id\":\""u8);
        text.Put(id);
        text.Put("-"u8);
        PutUserId(day, text);
        text.Put("-"u8, time, "\",\"creation_date_time\":\""u8);
        text.PutUtcIso(time + BerlinClock.DaySeconds);
        text.Put("Z\",\"user_id\":\""u8);
        PutUserId(day, text);
        text.Put("\",\"schema_id\":{\"namespace\":\"omh\",\"name\":\""u8);
        text.Put(schema);
        text.Put("\",\"version\":\""u8);
        text.Put(version);
        text.Put("\"},\"acquisition_provenance\":{\"source_name\":\""u8);
        text.Put(source);
        text.Put("\",\"modality\":\"sensed\"}},\"body\":{"u8);
    }

    private static void EndAt(ExportText text, long time)
    {
        text.Put("\"effective_time_frame\":{\"date_time\":\""u8);
        text.PutIsoWithOffset(time);
        text.Put("\"}}}\n"u8);
    }

    private static void EndIn(ExportText text, long start, long end)
    {
        text.Put("\"effective_time_frame\":{\"time_interval\":{\"start_date_time\":\""u8);
        text.PutIsoWithOffset(start);
        text.Put("\",\"end_date_time\":\""u8);
        text.PutIsoWithOffset(end);
        text.Put("\"}}}}\n"u8);
    }
}
