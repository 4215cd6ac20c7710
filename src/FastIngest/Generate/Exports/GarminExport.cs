namespace FastIngest.Generate.Exports;

/// <summary>
/// The folder <c>DI_CONNECT</c>: summaries of days and of nights in files of 100 days, and activities in a wrapper, with times as
/// fractions of a millisecond, durations in ms, distances in cm and energy in kJ. The export has no readings of the heart rate.
/// </summary>
internal sealed class GarminExport : ExportKind
{
    private const int DaysOfFile = 100;

    private static readonly ExportPart Days = new(WriteDay);
    private static readonly ExportPart Nights = new(WriteNight);
    private static readonly ExportPart Activities = new(WriteActivities);

    public override ExportMetrics Metrics =>
        ExportMetrics.Steps | ExportMetrics.Distance | ExportMetrics.ActiveEnergy | ExportMetrics.RestingHeartRate | ExportMetrics.Sleep | ExportMetrics.Workouts;

    public override IReadOnlyList<ExportPart> Parts => [Days, Nights, Activities];

    public override byte[] Separator { get; } = Bytes(",");

    public override IEnumerable<ExportFile> Files(ulong seed, ExportRange range)
    {
        for (int first = 0; first < range.Days; first += DaysOfFile)
        {
            ExportRange part = range with { FirstDay = first, Days = Math.Min(DaysOfFile, range.Days - first) };
            string days = $"{DayName(first)}_{DayName(first + part.Days - 1)}";
            yield return Array($"DI_CONNECT/DI-Connect-Aggregator/UDSFile_{days}.json", Days, part);
            yield return Array($"DI_CONNECT/DI-Connect-Wellness/{days}_10000001_sleepData.json", Nights, part);
        }

        yield return new ExportFile("DI_CONNECT/DI-Connect-Fitness/me@example.com_0_summarizedActivities.json", [Activities], range)
        {
            Head = Bytes("[{\"summarizedActivitiesExport\":["),
            Separator = Separator,
            Tail = Bytes("]}]"),
        };
    }

    private ExportFile Array(string name, ExportPart part, ExportRange range) =>
        new(name, [part], range) { Head = Bytes("["), Separator = Separator, Tail = Bytes("]"), Empty = Bytes("[]") };

    private static void WriteDay(ExportDay day, ExportText text)
    {
        int steps = 0;
        foreach (int ofHour in day.WatchSteps)
        {
            steps += ofHour;
        }

        text.Begin();
        text.Put("{\"userProfilePK\":10000001,\"calendarDate\":\""u8);
        text.PutDate(day.Date);
        text.Put("\",\"includesWellnessData\":true,\"totalSteps\":"u8, steps, ",\"totalDistanceMeters\":"u8);
        text.PutDecimal((long)steps * day.StrideCm, 2);
        text.Put(",\"activeKilocalories\":"u8);
        text.PutDecimal((long)steps * ExportDay.HundredthKcalPerStep, 2);
        text.Put(",\"bmrKilocalories\":1600.0"u8);
        if (day.RestingHeartRate is > 0 and var bpm)
        {
            text.Put(",\"restingHeartRate\":"u8, bpm, ""u8);
        }

        text.Put("}"u8);
    }

    private static void WriteNight(ExportDay day, ExportText text)
    {
        List<SleepInterval> night = day.Sleep;
        text.Begin();
        text.Put("{\"sleepStartTimestampGMT\":\""u8);
        text.PutUtcIso(night[0].Start);
        text.Put(".0\",\"sleepEndTimestampGMT\":\""u8);
        text.PutUtcIso(night[^1].End);
        text.Put(".0\",\"calendarDate\":\""u8);
        text.PutDate(day.Date);
        text.Put("\",\"sleepWindowConfirmationType\":\"ENHANCED_CONFIRMED_FINAL\",\"deepSleepSeconds\":"u8, day.MinutesOf(SleepStage.Deep) * 60L, ",\"lightSleepSeconds\":"u8);
        text.Put(day.MinutesOf(SleepStage.Light) * 60L);
        text.Put(",\"remSleepSeconds\":"u8, day.MinutesOf(SleepStage.Rem) * 60L, ",\"awakeSleepSeconds\":"u8);
        text.Put(day.MinutesOf(SleepStage.Awake) * 60L);
        text.Put(",\"unmeasurableSeconds\":0,\"retro\":false}"u8);
    }

    private static void WriteActivities(ExportDay day, ExportText text)
    {
        foreach (Workout workout in day.Workouts)
        {
            text.Begin();
            text.Put("{\"activityId\":"u8, workout.Start, ",\"activityType\":\""u8);
            text.Put(workout.Sport switch
            {
                Sport.Running => "running"u8,
                Sport.Walking => "walking"u8,
                Sport.Cycling => "cycling"u8,
                _ => "strength_training"u8,
            });
            text.Put("\",\"userProfileId\":10000001,\"startTimeGmt\":"u8, workout.Start * 1000, ".0,\"startTimeLocal\":"u8);
            text.Put((workout.Start + text.OffsetAt(workout.Start)) * 1000);
            text.Put(".0,\"duration\":"u8, workout.Minutes * 60_000L, ".0,\"distance\":"u8);
            text.Put(workout.Minutes * 15_000L);
            text.Put(".0,\"calories\":"u8);
            text.PutDecimal(workout.Kcal * 4184L, 3);
            text.Put("}"u8);
        }
    }
}
