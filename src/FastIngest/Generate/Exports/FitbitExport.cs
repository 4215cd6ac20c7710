using System.Globalization;

namespace FastIngest.Generate.Exports;

/// <summary>
/// The folder <c>Takeout/Fitbit/Global Export Data</c>: heart rates with a file for each local day but in UTC, steps and distances as
/// strings in files of 30 days, sleep in local time in files that overlap by a day, weights in pounds, exercises.
/// </summary>
internal sealed class FitbitExport : ExportKind
{
    private const string Folder = "Takeout/Fitbit/Global Export Data/";

    private const int DaysOfSeries = 30;
    private const int DaysOfYear = 365;
    private const int DaysOfExercises = 150;

    private static readonly ExportPart HeartRates = new(WriteHeartRates);
    private static readonly ExportPart Steps = new((day, text) => WriteByHour(day, text, perStep: 1));
    private static readonly ExportPart Distances = new((day, text) => WriteByHour(day, text, day.StrideCm));
    private static readonly ExportPart Rest = new(WriteRest) { DaysPerBlock = DaysOfYear };
    private static readonly ExportPart Nights = new(WriteSleep);
    private static readonly ExportPart Weights = new(WriteWeight);
    private static readonly ExportPart Exercises = new(WriteExercises);

    public override ExportMetrics Metrics =>
        ExportMetrics.Steps | ExportMetrics.Distance | ExportMetrics.HeartRate | ExportMetrics.RestingHeartRate | ExportMetrics.Sleep | ExportMetrics.SleepAwake
        | ExportMetrics.Weight | ExportMetrics.Workouts | ExportMetrics.WorkoutEnergy;

    public override IReadOnlyList<ExportPart> Parts => [HeartRates, Steps, Distances, Rest, Nights, Weights, Exercises];

    public override byte[] Separator { get; } = Bytes(",");

    public override IEnumerable<ExportFile> Files(ulong seed, ExportRange range) =>
    [
        .. FilesOf("heart_rate", HeartRates, range, days: 1),
        .. FilesOf("steps", Steps, range, DaysOfSeries),
        .. FilesOf("distance", Distances, range, DaysOfSeries),
        .. FilesOf("resting_heart_rate", Rest, range, DaysOfYear),
        .. FilesOf("sleep", Nights, range, DaysOfSeries, overlap: 1),
        .. FilesOf("weight", Weights, range, DaysOfSeries),
        .. FilesOf("exercise", Exercises, range, DaysOfExercises),
    ];

    private IEnumerable<ExportFile> FilesOf(string name, ExportPart part, ExportRange range, int days, int overlap = 0)
    {
        for (int first = 0; first < range.Days; first += days)
        {
            int start = Math.Max(0, first - overlap);
            string suffix = part == Exercises ? (first / days * 100).ToString(CultureInfo.InvariantCulture) : DayName(first);
            ExportRange rangeOfFile = range with { FirstDay = start, Days = Math.Min(range.Days, first + days) - start };
            yield return new ExportFile($"{Folder}{name}-{suffix}.json", [part], rangeOfFile)
            {
                Head = Bytes("["),
                Separator = Separator,
                Tail = Bytes("]"),
                Empty = Bytes("[]"),
            };
        }
    }

    private static void WriteHeartRates(ExportDay day, ExportText text)
    {
        foreach (HeartReading reading in day.HeartRates)
        {
            text.Begin();
            text.Put("{\n  \"dateTime\" : \""u8);
            text.PutUtcShort(reading.Time);
            text.Put("\",\n  \"value\" : {\n    \"bpm\" : "u8, reading.Bpm, ",\n    \"confidence\" : 3\n  }\n}"u8);
        }
    }

    private static void WriteByHour(ExportDay day, ExportText text, int perStep)
    {
        ReadOnlySpan<int> steps = day.WatchSteps;
        for (int hour = 0; hour < steps.Length; hour++)
        {
            text.Begin();
            text.Put("{\n  \"dateTime\" : \""u8);
            text.PutUtcShort(day.Midnight + (hour * (long)BerlinClock.HourSeconds));
            text.Put("\",\n  \"value\" : \""u8, (long)steps[hour] * perStep, "\"\n}"u8);
        }
    }

    /// <summary>Writes the resting heart rate. A day without one has a record too.</summary>
    private static void WriteRest(ExportDay day, ExportText text)
    {
        text.Begin();
        text.Put("{\n  \"dateTime\" : \""u8);
        text.PutShortDate(day.Date);
        text.Put(" 00:00:00\",\n  \"value\" : {\n    \"date\" : "u8);
        if (day.RestingHeartRate is > 0 and var bpm)
        {
            text.Put("\""u8);
            text.PutShortDate(day.Date);
            text.Put("\",\n    \"value\" : "u8, bpm, ".0,\n    \"error\" : 6.78\n  }\n}"u8);
        }
        else
        {
            text.Put("null,\n    \"value\" : 0.0,\n    \"error\" : 0.0\n  }\n}"u8);
        }
    }

    private static void WriteSleep(ExportDay day, ExportText text)
    {
        List<SleepInterval> night = day.Sleep;
        long start = night[0].Start, end = night[^1].End;
        int awake = day.MinutesOf(SleepStage.Awake);
        long inBed = (end - start) / 60;
        text.Begin();
        text.Put("{\n  \"logId\" : "u8, start, ",\n  \"dateOfSleep\" : \""u8);
        text.PutDate(day.Date);
        text.Put("\",\n  \"startTime\" : \""u8);
        text.PutLocalIso(start);
        text.Put(".000\",\n  \"endTime\" : \""u8);
        text.PutLocalIso(end);
        text.Put(".000\",\n  \"duration\" : "u8, inBed * 60_000, ",\n  \"minutesToFallAsleep\" : 0,\n  \"minutesAsleep\" : "u8);
        text.Put(inBed - awake);
        text.Put(",\n  \"minutesAwake\" : "u8, awake, ",\n  \"minutesAfterWakeup\" : 0,\n  \"timeInBed\" : "u8);
        text.Put(inBed);
        text.Put(",\n  \"efficiency\" : 93,\n  \"type\" : \"stages\",\n  \"infoCode\" : 0,\n  \"levels\" : {\n    \"summary\" : {\n      \"deep\" : {\n        \"count\" : 4,\n        \"minutes\" : "u8);
        text.Put(day.MinutesOf(SleepStage.Deep));
        text.Put(",\n        \"thirtyDayAvgMinutes\" : 80\n      }\n    },\n    \"data\" : ["u8);
        bool isFirst = true;
        foreach (SleepInterval interval in night)
        {
            text.Put(isFirst ? "{\n      \"dateTime\" : \""u8 : ",{\n      \"dateTime\" : \""u8);
            isFirst = false;
            text.PutLocalIso(interval.Start);
            text.Put(".000\",\n      \"level\" : \""u8);
            text.Put(interval.Stage switch
            {
                SleepStage.Light => "light"u8,
                SleepStage.Deep => "deep"u8,
                SleepStage.Rem => "rem"u8,
                _ => "wake"u8,
            });
            text.Put("\",\n      \"seconds\" : "u8, interval.End - interval.Start, "\n    }"u8);
        }

        text.Put("],\n    \"shortData\" : []\n  },\n  \"mainSleep\" : true\n}"u8);
    }

    private static void WriteWeight(ExportDay day, ExportText text)
    {
        if (day.WeightTenthPounds == 0)
        {
            return;
        }

        text.Begin();
        text.Put("{\n  \"logId\" : "u8, day.ScaleTime * 1000, ",\n  \"weight\" : "u8);
        text.PutDecimal(day.WeightTenthPounds, 1);
        text.Put(",\n  \"date\" : \""u8);
        text.PutShortDate(day.Date);
        text.Put("\",\n  \"time\" : \""u8);
        text.PutLocalTime(day.ScaleTime);
        text.Put("\",\n  \"source\" : \"Aria\"\n}"u8);
    }

    private static void WriteExercises(ExportDay day, ExportText text)
    {
        foreach (Workout workout in day.Workouts)
        {
            text.Begin();
            text.Put("{\n  \"logId\" : "u8, workout.Start, ",\n  \"activityName\" : \""u8);
            text.Put(workout.Sport switch
            {
                Sport.Running => "Run"u8,
                Sport.Walking => "Walk"u8,
                Sport.Cycling => "Bike"u8,
                _ => "Weights"u8,
            });
            text.Put("\",\n  \"activityTypeId\" : 90009,\n  \"calories\" : "u8, workout.Kcal, ",\n  \"duration\" : "u8);
            text.Put((workout.Minutes * 60_000L) + 5000);
            text.Put(",\n  \"activeDuration\" : "u8, workout.Minutes * 60_000L, ",\n  \"logType\" : \"tracker\",\n  \"startTime\" : \""u8);
            text.PutUtcShort(workout.Start);
            text.Put("\",\n  \"hasGps\" : false,\n  \"shouldFetchDetails\" : true\n}"u8);
        }
    }
}
