using System.Globalization;

namespace FastIngest.Generate.Exports;

/// <summary>
/// The folder <c>Takeout/Fit</c>: a file for each data source, with times in nanoseconds as integers. The merged files (<c>derived:</c>)
/// repeat those of the devices (<c>raw:</c>), one file is there twice, as <c>(1)</c>, and each workout is a session in a file of its own.
/// </summary>
internal sealed class GoogleFitExport : ExportKind
{
    private const string Points = "Takeout/Fit/All Data/";

    private static readonly ExportPart MergedSteps = new((day, text) => WriteSteps(day, text, isPhone: false)) { DaysPerBlock = 128 };
    private static readonly ExportPart PhoneSteps = new((day, text) => WriteSteps(day, text, isPhone: true)) { DaysPerBlock = 128 };
    private static readonly ExportPart Distances = new(WriteDistances) { DaysPerBlock = 128 };
    private static readonly ExportPart HeartRates = new(WriteHeartRates) { DaysPerBlock = 16 };
    private static readonly ExportPart Rest = new(WriteRest);
    private static readonly ExportPart Nights = new(WriteSleep) { DaysPerBlock = 128 };
    private static readonly ExportPart Weights = new(WriteWeight);
    private static readonly ExportPart Pressures = new(WritePressure);

    private static readonly (string Source, string File, ExportPart Part)[] Sources =
    [
        ("derived:com.google.step_count.delta:com.google.android.gms:merge_step_deltas", "derived_com.google.step_count.delta_com.google.json", MergedSteps),
        ("raw:com.google.step_count.delta:com.example.watch:Example:Watch:1a2b3c4d:steps", "raw_com.google.step_count.delta_com.example.watch.json", MergedSteps),
        ("raw:com.google.step_count.delta:com.google.android.apps.fitness:Example:Phone:5e6f7a8b:steps", "raw_com.google.step_count.delta_com.google.andro.json", PhoneSteps),
        ("derived:com.google.distance.delta:com.google.android.gms:merge_distance_delta", "derived_com.google.distance.delta_com.google.and.json", Distances),
        ("derived:com.google.heart_rate.bpm:com.google.android.gms:merge_heart_rate_bpm", "derived_com.google.heart_rate.bpm_com.google.and.json", HeartRates),
        ("raw:com.google.heart_rate.bpm:com.example.watch:Example:Watch:1a2b3c4d:heart", "raw_com.google.heart_rate.bpm_com.example.watch.json", HeartRates),
        ("derived:com.google.heart_rate.bpm:com.google.android.gms:resting_heart_rate<-merge_heart_rate_bpm", "derived_com.google.heart_rate.bpm_com.google.and(1).json", Rest),
        ("raw:com.google.sleep.segment:com.example.watch:Example:Watch:1a2b3c4d:sleep", "raw_com.google.sleep.segment_com.example.watch.json", Nights),
        ("raw:com.google.weight:com.google.android.apps.fitness:user_input", "raw_com.google.weight_com.google.android.apps.fi.json", Weights),
        ("raw:com.google.weight:com.google.android.apps.fitness:user_input", "raw_com.google.weight_com.google.android.apps.fi(1).json", Weights),
        ("raw:com.google.blood_pressure:com.google.android.apps.fitness:user_input", "raw_com.google.blood_pressure_com.google.androi.json", Pressures),
    ];

    private readonly ExportDay _planned = new();

    public override ExportMetrics Metrics =>
        ExportMetrics.Steps | ExportMetrics.Distance | ExportMetrics.HeartRate | ExportMetrics.RestingHeartRate | ExportMetrics.Sleep | ExportMetrics.SleepAwake
        | ExportMetrics.Weight | ExportMetrics.BloodPressure | ExportMetrics.Workouts | ExportMetrics.WorkoutEnergy;

    public override IReadOnlyList<ExportPart> Parts { get; } =
        [.. Sources.Select(s => s.Part), new ExportPart((day, text) => { for (int i = 0; i < day.Workouts.Count; i++) { WriteSession(day, text, i); } })];

    public override byte[] Separator { get; } = Bytes(",\n    ");

    public override IEnumerable<ExportFile> Files(ulong seed, ExportRange range)
    {
        foreach ((string source, string file, ExportPart part) in Sources)
        {
            yield return new ExportFile(Points + file, [part], range)
            {
                Head = Bytes($"{{\n  \"Data Source\": \"{source}\",\n  \"Data Points\": [\n    "),
                Separator = Separator,
                Tail = Bytes("\n  ]\n}\n"),
            };
        }

        for (int day = range.FirstDay; day < range.FirstDay + range.Days; day++)
        {
            _planned.MoveTo(seed, range.FirstUser, day);
            for (int i = 0; i < _planned.Workouts.Count; i++)
            {
                int index = i;
                DateTime start = DateTime.UnixEpoch.AddSeconds(_planned.Workouts[i].Start);
                string name = string.Create(CultureInfo.InvariantCulture, $"Takeout/Fit/All Sessions/{start:yyyy-MM-ddTHH_mm_ss}Z_{Name(_planned.Workouts[i].Sport).ToUpperInvariant()}.json");
                yield return new ExportFile(name, [new ExportPart((d, text) => WriteSession(d, text, index))], range with { FirstDay = day, Days = 1 });
            }
        }
    }

    private static string Name(Sport sport) => sport switch
    {
        Sport.Running => "running",
        Sport.Walking => "walking",
        Sport.Cycling => "biking",
        _ => "strength_training",
    };

    private static void WriteSteps(ExportDay day, ExportText text, bool isPhone)
    {
        ReadOnlySpan<int> steps = isPhone ? day.PhoneSteps : day.WatchSteps;
        for (int hour = 0; hour < steps.Length; hour++)
        {
            if (steps[hour] > 0)
            {
                long start = day.Midnight + (hour * (long)BerlinClock.HourSeconds);
                text.Begin();
                text.Put("{\"fitValue\":[{\"value\":{\"intVal\":"u8, steps[hour], "}}]"u8);
                EndPoint(text, "com.google.step_count.delta"u8, start, start + BerlinClock.HourSeconds - 1);
            }
        }
    }

    private static void WriteDistances(ExportDay day, ExportText text)
    {
        ReadOnlySpan<int> steps = day.WatchSteps;
        for (int hour = 0; hour < steps.Length; hour++)
        {
            if (steps[hour] > 0)
            {
                long start = day.Midnight + (hour * (long)BerlinClock.HourSeconds);
                text.Begin();
                text.Put("{\"fitValue\":[{\"value\":{\"fpVal\":"u8);
                text.PutDecimal((long)steps[hour] * day.StrideCm, 2);
                text.Put("}}]"u8);
                EndPoint(text, "com.google.distance.delta"u8, start, start + BerlinClock.HourSeconds - 1);
            }
        }
    }

    private static void WriteHeartRates(ExportDay day, ExportText text)
    {
        foreach (HeartReading reading in day.HeartRates)
        {
            text.Begin();
            text.Put("{\"fitValue\":[{\"value\":{\"fpVal\":"u8, reading.Bpm, ".0}}],\"originDataSourceId\":\"raw:com.google.heart_rate.bpm:com.example.watch:Example:Watch:1a2b3c4d:heart\""u8);
            EndPoint(text, "com.google.heart_rate.bpm"u8, reading.Time, reading.Time);
        }
    }

    private static void WriteRest(ExportDay day, ExportText text)
    {
        if (day.RestingHeartRate is > 0 and var bpm)
        {
            text.Begin();
            text.Put("{\"fitValue\":[{\"value\":{\"fpVal\":"u8, bpm, ".0}}]"u8);
            EndPoint(text, "com.google.heart_rate.bpm"u8, day.Midnight, day.Midnight);
        }
    }

    private static void WriteSleep(ExportDay day, ExportText text)
    {
        foreach (SleepInterval interval in day.Sleep)
        {
            text.Begin();
            text.Put("{\"fitValue\":[{\"value\":{\"intVal\":"u8);
            text.Put(interval.Stage switch
            {
                SleepStage.Awake => 1,
                SleepStage.Light => 4,
                SleepStage.Deep => 5,
                _ => 6,
            });
            text.Put("}}]"u8);
            EndPoint(text, "com.google.sleep.segment"u8, interval.Start, interval.End);
        }
    }

    private static void WriteWeight(ExportDay day, ExportText text)
    {
        if (day.WeightTenthPounds > 0)
        {
            text.Begin();
            text.Put("{\"fitValue\":[{\"value\":{\"fpVal\":"u8);
            text.PutDecimal(day.WeightNanoKg, 9);
            text.Put("}}]"u8);
            EndPoint(text, "com.google.weight"u8, day.ScaleTime, day.ScaleTime);
        }
    }

    private static void WritePressure(ExportDay day, ExportText text)
    {
        if (day.WeightTenthPounds > 0)
        {
            (int systolic, int diastolic) = day.BloodPressure;
            text.Begin();
            text.Put("{\"fitValue\":[{\"value\":{\"fpVal\":"u8, systolic, ".0}},{\"value\":{\"fpVal\":"u8);
            text.Put(diastolic);
            text.Put(".0}}]"u8);
            EndPoint(text, "com.google.blood_pressure"u8, day.ScaleTime, day.ScaleTime);
        }
    }

    private static void WriteSession(ExportDay day, ExportText text, int index)
    {
        Workout workout = day.Workouts[index];
        text.Begin();
        text.Put("{\n  \"fitnessActivity\": \""u8);
        text.Put(workout.Sport switch
        {
            Sport.Running => "running"u8,
            Sport.Walking => "walking"u8,
            Sport.Cycling => "biking"u8,
            _ => "strength_training"u8,
        });
        text.Put("\",\n  \"startTime\": \""u8);
        text.PutUtcIso(workout.Start);
        text.Put("Z\",\n  \"endTime\": \""u8);
        text.PutUtcIso(workout.End);
        text.Put("Z\",\n  \"duration\": \""u8, workout.Minutes * 60L, "s\",\n  \"aggregate\": [{\n    \"metricName\": \"com.google.calories.expended\",\n    \"floatValue\": "u8);
        text.Put(workout.Kcal);
        text.Put(".0\n  }]\n}\n"u8);
    }

    private static void EndPoint(ExportText text, ReadOnlySpan<byte> type, long start, long end)
    {
        text.Put(",\"endTimeNanos\":"u8, end, "000000000,\"dataTypeName\":\""u8);
        text.Put(type);
        text.Put("\",\"startTimeNanos\":"u8, start, "000000000,\"modifiedTimeMillis\":"u8);
        text.Put(end + 60);
        text.Put("000,\"rawTimestampNanos\":0}"u8);
    }
}
