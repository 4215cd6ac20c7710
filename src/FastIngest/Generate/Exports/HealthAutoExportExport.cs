namespace FastIngest.Generate.Exports;

/// <summary>
/// A file of the app Health Auto Export with all metrics, on one line: points by hour, heart rates with their least, mean and greatest value,
/// sleep by intervals, and workouts. The app merges the steps of phone and watch itself.
/// </summary>
internal sealed class HealthAutoExportExport : ExportKind
{
    private const ulong IdStream = 3200;

    public HealthAutoExportExport()
    {
        Parts =
        [
            Metric("step_count", "count", (day, text) => WriteByHour(day, text, perStep: 1, decimals: 0), daysPerBlock: 128, isFirst: true),
            Metric("walking_running_distance", "km", (day, text) => WriteByHour(day, text, day.StrideCm, decimals: 5), daysPerBlock: 128),
            Metric("active_energy", "kcal", (day, text) => WriteByHour(day, text, ExportDay.HundredthKcalPerStep, decimals: 2), daysPerBlock: 128),
            Metric("heart_rate", "count/min", WriteHeartRates, daysPerBlock: 32),
            Metric("resting_heart_rate", "count/min", WriteRest),
            Metric("weight_body_mass", "lb", WriteWeight),
            Metric("blood_pressure", "mmHg", WritePressure),
            Metric("sleep_analysis", "hr", WriteSleep),
            new ExportPart(WriteWorkouts) { Head = Bytes("],\"workouts\":["), Tail = Bytes("]") },
        ];
    }

    public override ExportMetrics Metrics =>
        ExportMetrics.Steps | ExportMetrics.Distance | ExportMetrics.ActiveEnergy | ExportMetrics.HeartRate | ExportMetrics.RestingHeartRate | ExportMetrics.Sleep
        | ExportMetrics.SleepAwake | ExportMetrics.Weight | ExportMetrics.BloodPressure | ExportMetrics.Workouts | ExportMetrics.WorkoutEnergy;

    public override IReadOnlyList<ExportPart> Parts { get; }

    public override byte[] Separator { get; } = Bytes(",");

    public override IEnumerable<ExportFile> Files(ulong seed, ExportRange range) =>
    [
        new ExportFile($"HealthAutoExport-{DayName(0)}-{DayName(range.Days - 1)}.json", Parts, range)
        {
            Head = Bytes("{\"data\":{\"metrics\":["), Separator = Separator, Tail = Bytes("}}"),
        },
    ];

    private static ExportPart Metric(string name, string unit, DayWriter write, int daysPerBlock = 256, bool isFirst = false) => new(write)
    {
        DaysPerBlock = daysPerBlock,
        Head = Bytes($"{(isFirst ? "" : ",")}{{\"name\":\"{name}\",\"units\":\"{unit}\",\"data\":["),
        Tail = Bytes("]}"),
    };

    private static void WriteByHour(ExportDay day, ExportText text, int perStep, int decimals)
    {
        ReadOnlySpan<int> steps = day.WatchSteps;
        for (int hour = 0; hour < steps.Length; hour++)
        {
            if (steps[hour] > 0)
            {
                BeginPoint(text, day.Midnight + (hour * (long)BerlinClock.HourSeconds));
                text.Put(",\"qty\":"u8);
                text.PutDecimal((long)steps[hour] * perStep, decimals);
                EndPoint(text);
            }
        }
    }

    private static void WriteHeartRates(ExportDay day, ExportText text)
    {
        foreach (HeartReading reading in day.HeartRates)
        {
            BeginPoint(text, reading.Time);
            text.Put(",\"Min\":"u8, reading.Bpm, ",\"Avg\":"u8);
            text.Put(reading.Bpm);
            text.Put(",\"Max\":"u8, reading.Bpm, ""u8);
            EndPoint(text);
        }
    }

    private static void WriteRest(ExportDay day, ExportText text)
    {
        if (day.RestingHeartRate is > 0 and var bpm)
        {
            BeginPoint(text, day.Midnight);
            text.Put(",\"qty\":"u8, bpm, ""u8);
            EndPoint(text);
        }
    }

    private static void WriteWeight(ExportDay day, ExportText text)
    {
        if (day.WeightTenthPounds > 0)
        {
            BeginPoint(text, day.ScaleTime);
            text.Put(",\"qty\":"u8);
            text.PutDecimal(day.WeightTenthPounds, 1);
            text.Put(",\"source\":\"Waage \\\"Fit & Co\\\"\"}"u8);
        }
    }

    private static void WritePressure(ExportDay day, ExportText text)
    {
        if (day.WeightTenthPounds > 0)
        {
            (int systolic, int diastolic) = day.BloodPressure;
            BeginPoint(text, day.ScaleTime);
            text.Put(",\"systolic\":"u8, systolic, ",\"diastolic\":"u8);
            text.Put(diastolic);
            text.Put(",\"source\":\"Manschette\"}"u8);
        }
    }

    private static void WriteSleep(ExportDay day, ExportText text)
    {
        foreach (SleepInterval interval in day.Sleep)
        {
            text.Begin();
            text.Put("{\"startDate\":\""u8);
            text.PutSpaced(interval.Start);
            text.Put("\",\"endDate\":\""u8);
            text.PutSpaced(interval.End);
            text.Put("\",\"qty\":"u8);
            text.PutDecimal(interval.Minutes * 1_000_000_000L / 60, 9);
            text.Put(",\"value\":\""u8);
            text.Put(interval.Stage switch
            {
                SleepStage.Light => "Core"u8,
                SleepStage.Deep => "Deep"u8,
                SleepStage.Rem => "REM"u8,
                _ => "Awake"u8,
            });
            text.Put("\""u8);
            EndPoint(text);
        }
    }

    private static void WriteWorkouts(ExportDay day, ExportText text)
    {
        foreach (Workout workout in day.Workouts)
        {
            text.Begin();
            text.Put("{\"id\":\""u8);
            text.PutUuid(day.NumberFor(IdStream + (ulong)(workout.Start - day.Midnight)));
            text.Put("\",\"name\":\""u8);
            text.Put(workout.Sport switch
            {
                Sport.Running => "Outdoor Run"u8,
                Sport.Walking => "Outdoor Walk"u8,
                Sport.Cycling => "Outdoor Cycling"u8,
                _ => "Traditional Strength Training"u8,
            });
            text.Put("\",\"start\":\""u8);
            text.PutSpaced(workout.Start);
            text.Put("\",\"end\":\""u8);
            text.PutSpaced(workout.End);
            text.Put("\",\"duration\":"u8, workout.Minutes * 60L, ",\"activeEnergyBurned\":{\"qty\":"u8);
            text.Put(workout.Kcal);
            text.Put(",\"units\":\"kcal\"},\"location\":\"Outdoor\"}"u8);
        }
    }

    private static void BeginPoint(ExportText text, long time)
    {
        text.Begin();
        text.Put("{\"date\":\""u8);
        text.PutSpaced(time);
        text.Put("\""u8);
    }

    private static void EndPoint(ExportText text) => text.Put(",\"source\":\"Anna\u2019s Apple\u00A0Watch\"}"u8);
}
