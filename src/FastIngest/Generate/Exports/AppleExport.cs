namespace FastIngest.Generate.Exports;

/// <summary>
/// <c>apple_health_export/export.xml</c> of Apple Health, type by type: records of a phone and a watch that count the same steps, sleep
/// of both, a scale, blood pressures that stand both outside and inside of correlations, workouts with statistics, activity summaries.
/// </summary>
/// <remarks>
/// Quirks of real exports are here: a document type that is cut off in an attribute list, as since iOS 16; U+000B in a value;
/// U+2019 in the names of devices; entities in names; devices with an address in memory, which changes from record to record.
/// </remarks>
internal sealed class AppleExport : ExportKind
{
    private const ulong AddressStream = 3100;

    /// <summary>The document type declares attributes of an element in its list of another one and lacks a closing bracket there.</summary>
    private const string Prolog = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE HealthData [
        <!-- HealthKit Export Version: 13 -->
        <!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary|ClinicalRecord)*)>
        <!ATTLIST HealthData
          locale CDATA #REQUIRED
        >
        <!ELEMENT ExportDate EMPTY>
        <!ATTLIST ExportDate
          value CDATA #REQUIRED
        >
        <!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
        <!ATTLIST Record
          type          CDATA #REQUIRED
          unit          CDATA #IMPLIED
          value         CDATA #IMPLIED
          sourceName    CDATA #REQUIRED
          sourceVersion CDATA #IMPLIED
          device        CDATA #IMPLIED
          creationDate  CDATA #IMPLIED
          startDate     CDATA #REQUIRED
          endDate       CDATA #REQUIRED
        >
        <!ELEMENT WorkoutEvent EMPTY>
        <!ATTLIST WorkoutEvent
          type                 CDATA #REQUIRED
          date                 CDATA #REQUIRED
          duration             CDATA #IMPLIED
          durationUnit         CDATA #IMPLIED
        >
        <!ELEMENT WorkoutEvent EMPTY>
          startDate            CDATA #REQUIRED
        >
        ]>
        <HealthData locale="de_DE">
         <ExportDate value="2026-01-01 09:30:00 +0100"/>
         <Me HKCharacteristicTypeIdentifierDateOfBirth="1984-05-06" HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexNotSet"/>

        """;

    private static readonly byte[] PhoneDevice = Device("iPhone", "iPhone14,5", "17.4");
    private static readonly byte[] WatchDevice = Device("Apple Watch", "Watch6,2", "10.4");

    private static readonly string[] Owners = ["Anna", "J\u00F6rg", "Zo\u00EB", "\u674E\u96F7", "Mei &amp; Tom", "O&apos;Neil"];

    private readonly byte[][] _phones = [.. Owners.Select(o => Bytes(o + "\u2019s iPhone"))];
    private readonly byte[][] _watches = [.. Owners.Select(o => Bytes(o + "\u2019s Apple\u00A0Watch"))];

    public AppleExport() => Parts =
    [
        new ExportPart(WriteSteps) { DaysPerBlock = 32 },
        new ExportPart(WriteDistances) { DaysPerBlock = 32 },
        new ExportPart(WriteEnergies) { DaysPerBlock = 64 },
        new ExportPart(WriteHeartRates) { DaysPerBlock = 8 },
        new ExportPart(WriteRest),
        new ExportPart(WriteSleep) { DaysPerBlock = 64 },
        new ExportPart(WriteWeight),
        new ExportPart(WritePressures),
        new ExportPart(WriteCorrelation),
        new ExportPart(WriteWorkouts),
        new ExportPart(WriteSummary),
    ];

    public override ExportMetrics Metrics =>
        ExportMetrics.Steps | ExportMetrics.Distance | ExportMetrics.ActiveEnergy | ExportMetrics.HeartRate | ExportMetrics.RestingHeartRate | ExportMetrics.Sleep
        | ExportMetrics.SleepAwake | ExportMetrics.Weight | ExportMetrics.BloodPressure | ExportMetrics.Workouts | ExportMetrics.WorkoutEnergy;

    public override IReadOnlyList<ExportPart> Parts { get; }

    public override IEnumerable<ExportFile> Files(ulong seed, ExportRange range) =>
        [new ExportFile("apple_health_export/export.xml", Parts, range) { Head = Bytes(Prolog), Tail = Bytes("</HealthData>\n") }];

    private static byte[] Device(string name, string hardware, string software) =>
        Bytes($"&gt;, name:{name}, manufacturer:Apple Inc., model:{name.Split(' ')[^1]}, hardware:{hardware}, software:{software}&gt;");

    private byte[] PhoneOf(ExportDay day) => _phones[day.Person.Number % _phones.Length];

    private byte[] WatchOf(ExportDay day) => _watches[day.Person.Number % _watches.Length];

    private void WriteSteps(ExportDay day, ExportText text)
    {
        WriteByHour(day, text, "HKQuantityTypeIdentifierStepCount\""u8, "count"u8, isPhone: true, perStep: 1, decimals: 0);
        WriteByHour(day, text, "HKQuantityTypeIdentifierStepCount\""u8, "count"u8, isPhone: false, perStep: 1, decimals: 0);
    }

    private void WriteDistances(ExportDay day, ExportText text)
    {
        WriteByHour(day, text, "HKQuantityTypeIdentifierDistanceWalkingRunning\""u8, "km"u8, isPhone: true, perStep: day.StrideCm, decimals: 5);
        WriteByHour(day, text, "HKQuantityTypeIdentifierDistanceWalkingRunning\""u8, "km"u8, isPhone: false, perStep: day.StrideCm, decimals: 5);
    }

    private void WriteEnergies(ExportDay day, ExportText text) =>
        WriteByHour(day, text, "HKQuantityTypeIdentifierActiveEnergyBurned\""u8, "Cal"u8, isPhone: false, perStep: ExportDay.HundredthKcalPerStep, decimals: 2);

    private void WriteByHour(ExportDay day, ExportText text, ReadOnlySpan<byte> type, ReadOnlySpan<byte> unit, bool isPhone, int perStep, int decimals)
    {
        ReadOnlySpan<int> steps = isPhone ? day.PhoneSteps : day.WatchSteps;
        for (int hour = 0; hour < steps.Length; hour++)
        {
            if (steps[hour] > 0)
            {
                long start = day.Midnight + (hour * (long)BerlinClock.HourSeconds) + 7;
                BeginRecord(day, text, type, isPhone);
                PutUnit(text, unit);
                PutTimes(text, start + 3555, start, start + 3540);
                PutValue(text, (long)steps[hour] * perStep, decimals);
                text.Put("/>\n"u8);
            }
        }
    }

    private void WriteHeartRates(ExportDay day, ExportText text)
    {
        foreach (HeartReading reading in day.HeartRates)
        {
            BeginRecord(day, text, "HKQuantityTypeIdentifierHeartRate\""u8, isPhone: false);
            PutUnit(text, "count/min"u8);
            PutTimes(text, reading.Time + 2, reading.Time, reading.Time);
            PutValue(text, reading.Bpm, 0);
            text.Put(">\n  <MetadataEntry key=\"HKMetadataKeyHeartRateMotionContext\" value=\"0\"/>\n </Record>\n"u8);
        }
    }

    private void WriteRest(ExportDay day, ExportText text)
    {
        if (day.RestingHeartRate is > 0 and var bpm)
        {
            BeginRecord(day, text, "HKQuantityTypeIdentifierRestingHeartRate\""u8, isPhone: false);
            PutUnit(text, "count/min"u8);
            PutTimes(text, day.Midnight + 80_000, day.Midnight + 120, day.Midnight + 79_000);
            PutValue(text, bpm, 0);
            text.Put("/>\n"u8);
        }
    }

    /// <summary>Writes the stages of the watch, and of the phone the time in bed and, within the night, sleep without stages.</summary>
    private void WriteSleep(ExportDay day, ExportText text)
    {
        List<SleepInterval> night = day.Sleep;
        long start = night[0].Start, end = night[^1].End;
        WriteStage(day, text, "InBed"u8, isPhone: true, start - 300, end + 300, end);
        WriteStage(day, text, "AsleepUnspecified"u8, isPhone: true, start + 600, end - 600, end);
        foreach (SleepInterval interval in night)
        {
            ReadOnlySpan<byte> stage = interval.Stage switch
            {
                SleepStage.Light => "AsleepCore"u8,
                SleepStage.Deep => "AsleepDeep"u8,
                SleepStage.Rem => "AsleepREM"u8,
                _ => "Awake"u8,
            };
            WriteStage(day, text, stage, isPhone: false, interval.Start, interval.End, end);
        }
    }

    private void WriteStage(ExportDay day, ExportText text, ReadOnlySpan<byte> stage, bool isPhone, long start, long end, long created)
    {
        BeginRecord(day, text, "HKCategoryTypeIdentifierSleepAnalysis\""u8, isPhone);
        PutTimes(text, created, start, end);
        text.Put(" value=\"HKCategoryValueSleepAnalysis"u8);
        text.Put(stage);
        text.Put("\">\n  <MetadataEntry key=\"HKTimeZone\" value=\"Europe/Berlin\"/>\n </Record>\n"u8);
    }

    private static void WriteWeight(ExportDay day, ExportText text)
    {
        if (day.WeightTenthPounds > 0)
        {
            text.Begin();
            text.Put(" <Record type=\"HKQuantityTypeIdentifierBodyMass\" sourceName=\"Waage &quot;Fit &amp; Co&quot;\" sourceVersion=\"3\""u8);
            PutUnit(text, "lb"u8);
            PutTimes(text, day.ScaleTime, day.ScaleTime, day.ScaleTime);
            PutValue(text, day.WeightTenthPounds, 1);
            text.Put(">\n  <MetadataEntry key=\"Notiz\" value=\"n\u00FCchtern\u000Bmorgens\"/>\n </Record>\n"u8);
        }
    }

    private static void WritePressures(ExportDay day, ExportText text)
    {
        if (day.WeightTenthPounds > 0)
        {
            WritePressure(day, text, " "u8);
        }
    }

    /// <summary>Writes a correlation, whose records repeat those of <see cref="WritePressures"/>.</summary>
    private static void WriteCorrelation(ExportDay day, ExportText text)
    {
        if (day.WeightTenthPounds > 0)
        {
            text.Put(" <Correlation type=\"HKCorrelationTypeIdentifierBloodPressure\" sourceName=\"Manschette\" sourceVersion=\"1.2\""u8);
            PutTimes(text, day.ScaleTime, day.ScaleTime, day.ScaleTime);
            text.Put(">\n"u8);
            WritePressure(day, text, "  "u8);
            text.Put(" </Correlation>\n"u8);
        }
    }

    private static void WritePressure(ExportDay day, ExportText text, ReadOnlySpan<byte> indent)
    {
        (int systolic, int diastolic) = day.BloodPressure;
        WritePressure(day, text, indent, "Systolic"u8, systolic);
        WritePressure(day, text, indent, "Diastolic"u8, diastolic);
    }

    private static void WritePressure(ExportDay day, ExportText text, ReadOnlySpan<byte> indent, ReadOnlySpan<byte> kind, int value)
    {
        text.Begin();
        text.Put(indent);
        text.Put("<Record type=\"HKQuantityTypeIdentifierBloodPressure"u8);
        text.Put(kind);
        text.Put("\" sourceName=\"Manschette\" sourceVersion=\"1.2\""u8);
        PutUnit(text, "mmHg"u8);
        PutTimes(text, day.ScaleTime, day.ScaleTime, day.ScaleTime);
        PutValue(text, value, 0);
        text.Put("/>\n"u8);
    }

    private void WriteWorkouts(ExportDay day, ExportText text)
    {
        foreach (Workout workout in day.Workouts)
        {
            text.Begin();
            text.Put(" <Workout workoutActivityType=\"HKWorkoutActivityType"u8);
            text.Put(workout.Sport switch
            {
                Sport.Running => "Running"u8,
                Sport.Walking => "Walking"u8,
                Sport.Cycling => "Cycling"u8,
                _ => "TraditionalStrengthTraining"u8,
            });
            text.Put("\" duration=\""u8, workout.Minutes, "\" durationUnit=\"min\""u8);
            PutSource(day, text, isPhone: false);
            PutTimes(text, workout.End + 3, workout.Start, workout.End);
            text.Put(">\n  <MetadataEntry key=\"HKIndoorWorkout\" value=\"0\"/>\n  <WorkoutEvent type=\"HKWorkoutEventTypePause\" date=\""u8);
            text.PutSpaced(workout.Start + 600);
            text.Put("\"/>\n"u8);
            PutStatistics(text, workout, "ActiveEnergyBurned\""u8, workout.Kcal, "Cal"u8);
            PutStatistics(text, workout, "BasalEnergyBurned\""u8, workout.Minutes, "Cal"u8);
            text.Put(" </Workout>\n"u8);
        }
    }

    private static void PutStatistics(ExportText text, in Workout workout, ReadOnlySpan<byte> type, int sum, ReadOnlySpan<byte> unit)
    {
        text.Put("  <WorkoutStatistics type=\"HKQuantityTypeIdentifier"u8);
        text.Put(type);
        text.Put(" startDate=\""u8);
        text.PutSpaced(workout.Start);
        text.Put("\" endDate=\""u8);
        text.PutSpaced(workout.End);
        text.Put("\" sum=\""u8, sum, "\""u8);
        PutUnit(text, unit);
        text.Put("/>\n"u8);
    }

    private static void WriteSummary(ExportDay day, ExportText text)
    {
        text.Begin();
        text.Put(" <ActivitySummary dateComponents=\""u8);
        text.PutDate(day.Date);
        text.Put("\" activeEnergyBurned=\"321.5\" activeEnergyBurnedGoal=\"500\" activeEnergyBurnedUnit=\"Cal\" appleMoveTime=\"0\" appleMoveTimeGoal=\"0\" appleExerciseTime=\"34\" appleExerciseTimeGoal=\"30\" appleStandHours=\"11\" appleStandHoursGoal=\"12\"/>\n"u8);
    }

    private void BeginRecord(ExportDay day, ExportText text, ReadOnlySpan<byte> type, bool isPhone)
    {
        text.Begin();
        text.Put(" <Record type=\""u8);
        text.Put(type);
        PutSource(day, text, isPhone);
    }

    private void PutSource(ExportDay day, ExportText text, bool isPhone)
    {
        text.Put(" sourceName=\""u8);
        text.Put(isPhone ? PhoneOf(day) : WatchOf(day));
        text.Put(isPhone ? "\" sourceVersion=\"17.4\" device=\"&lt;&lt;HKDevice: 0x28"u8 : "\" sourceVersion=\"10.4\" device=\"&lt;&lt;HKDevice: 0x28"u8);
        text.PutHex(day.NumberFor(AddressStream + (isPhone ? 1u : 0u)), 7);
        text.Put(isPhone ? PhoneDevice : WatchDevice);
        text.Put("\""u8);
    }

    private static void PutUnit(ExportText text, ReadOnlySpan<byte> unit)
    {
        text.Put(" unit=\""u8);
        text.Put(unit);
        text.Put("\""u8);
    }

    private static void PutTimes(ExportText text, long created, long start, long end)
    {
        text.Put(" creationDate=\""u8);
        text.PutSpaced(created);
        text.Put("\" startDate=\""u8);
        text.PutSpaced(start);
        text.Put("\" endDate=\""u8);
        text.PutSpaced(end);
        text.Put("\""u8);
    }

    private static void PutValue(ExportText text, long value, int decimals)
    {
        text.Put(" value=\""u8);
        text.PutDecimal(value, decimals);
        text.Put("\""u8);
    }
}
