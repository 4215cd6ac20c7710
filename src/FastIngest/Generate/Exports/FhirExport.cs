namespace FastIngest.Generate.Exports;

/// <summary>
/// Bulk files of a FHIR R4 server: a line for each Observation, with LOINC codes and UCUM units, and for each Patient. Steps come from
/// a phone and a watch. There are observations that were entered in error, and encounters, which hold no values.
/// </summary>
internal sealed class FhirExport : ExportKind
{
    public override ExportMetrics Metrics =>
        ExportMetrics.Steps | ExportMetrics.Distance | ExportMetrics.ActiveEnergy | ExportMetrics.HeartRate | ExportMetrics.RestingHeartRate | ExportMetrics.Sleep
        | ExportMetrics.Weight | ExportMetrics.BloodPressure;

    public override bool NamesUsers => true;

    public override IReadOnlyList<ExportPart> Parts { get; } =
    [
        new ExportPart(WriteHeartRates) { DaysPerBlock = 8 },
        new ExportPart((day, text) => WriteByHour(day, text, "steps"u8, "55423-8"u8, "1"u8, perStep: 1, decimals: 0, withPhone: true)) { DaysPerBlock = 32 },
        new ExportPart((day, text) => WriteByHour(day, text, "distance"u8, "41953-1"u8, "km"u8, day.StrideCm, decimals: 5, withPhone: false)) { DaysPerBlock = 64 },
        new ExportPart((day, text) => WriteByHour(day, text, "energy"u8, "41979-6"u8, "kcal"u8, ExportDay.HundredthKcalPerStep, decimals: 2, withPhone: false)) { DaysPerBlock = 64 },
        new ExportPart(WriteDay) { DaysPerBlock = 64 },
    ];

    public override IEnumerable<ExportFile> Files(ulong seed, ExportRange range) =>
    [
        new ExportFile("Observation.ndjson", Parts, range),
        new ExportFile("Patient.ndjson", [new ExportPart(WritePatient)], range with { Days = 1 }),
        new ExportFile("Encounter.ndjson", [new ExportPart(WriteEncounter)], range with { Days = 1 }),
    ];

    private static void WriteHeartRates(ExportDay day, ExportText text)
    {
        foreach (HeartReading reading in day.HeartRates)
        {
            Begin(day, text, "heart"u8, reading.Time, "final"u8, "8867-4"u8);
            text.Put(",\"effectiveDateTime\":\""u8);
            text.PutIsoWithOffset(reading.Time);
            text.Put("\""u8);
            PutValue(text, reading.Bpm, 0, "/min"u8);
            text.Put("}\n"u8);
        }
    }

    private static void WriteByHour(
        ExportDay day, ExportText text, ReadOnlySpan<byte> id, ReadOnlySpan<byte> code, ReadOnlySpan<byte> unit, int perStep, int decimals, bool withPhone)
    {
        for (int hour = 0; hour < day.Hours; hour++)
        {
            long start = day.Midnight + (hour * (long)BerlinClock.HourSeconds);
            if (withPhone && day.PhoneSteps[hour] is > 0 and var phone)
            {
                Begin(day, text, "phone"u8, start, "final"u8, code);
                PutPeriod(text, start, start + BerlinClock.HourSeconds);
                text.Put(",\"device\":{\"display\":\"Phone\"}"u8);
                PutValue(text, phone, 0, unit);
                text.Put("}\n"u8);
            }

            if (day.WatchSteps[hour] is > 0 and var watch)
            {
                Begin(day, text, id, start, "final"u8, code);
                PutPeriod(text, start, start + BerlinClock.HourSeconds);
                text.Put(",\"device\":{\"display\":\"Watch\"}"u8);
                PutValue(text, (long)watch * perStep, decimals, unit);
                text.Put("}\n"u8);
            }
        }
    }

    /// <summary>Writes what comes once a day or less, and the stages of sleep. Awake has no code.</summary>
    private static void WriteDay(ExportDay day, ExportText text)
    {
        if (day.RestingHeartRate is > 0 and var bpm)
        {
            Begin(day, text, "rest"u8, day.Midnight, "final"u8, "40443-4"u8);
            text.Put(",\"effectiveDateTime\":\""u8);
            text.PutDate(day.Date);
            text.Put("\""u8);
            PutValue(text, bpm, 0, "/min"u8);
            text.Put("}\n"u8);
        }

        foreach (SleepInterval interval in day.Sleep)
        {
            if (interval.Stage != SleepStage.Awake)
            {
                ReadOnlySpan<byte> code = interval.Stage == SleepStage.Light ? "93830-8"u8 : interval.Stage == SleepStage.Deep ? "93831-6"u8 : "93829-0"u8;
                Begin(day, text, "sleep"u8, interval.Start, "final"u8, code);
                PutPeriod(text, interval.Start, interval.End);
                PutValue(text, interval.Minutes, 0, "min"u8);
                text.Put("}\n"u8);
            }
        }

        if (day.WeightTenthPounds > 0)
        {
            WriteWeight(day, text, "weight"u8, "final"u8, day.WeightTenthPounds);
            WriteWeight(day, text, "typo"u8, "entered-in-error"u8, day.WeightTenthPounds * 10);
            WritePressure(day, text);
        }
    }

    private static void WriteWeight(ExportDay day, ExportText text, ReadOnlySpan<byte> id, ReadOnlySpan<byte> status, int tenthPounds)
    {
        Begin(day, text, id, day.ScaleTime, status, "29463-7"u8);
        text.Put(",\"effectiveDateTime\":\""u8);
        text.PutIsoWithOffset(day.ScaleTime);
        text.Put("\""u8);
        PutValue(text, tenthPounds, 1, "[lb_av]"u8);
        text.Put("}\n"u8);
    }

    private static void WritePressure(ExportDay day, ExportText text)
    {
        (int systolic, int diastolic) = day.BloodPressure;
        Begin(day, text, "pressure"u8, day.ScaleTime, "final"u8, "85354-9"u8);
        text.Put(",\"effectiveDateTime\":\""u8);
        text.PutIsoWithOffset(day.ScaleTime);
        text.Put("\",\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]}"u8);
        PutValue(text, systolic, 0, "mm[Hg]"u8);
        text.Put("},{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}]}"u8);
        PutValue(text, diastolic, 0, "mm[Hg]"u8);
        text.Put("}]}\n"u8);
    }

    private static void WritePatient(ExportDay day, ExportText text)
    {
        text.Begin();
        text.Put("{\"resourceType\":\"Patient\",\"id\":\""u8);
        PutUserId(day, text);
        text.Put("\",\"name\":[{\"text\":"u8);
        text.Put(day.Person.Name);
        text.Put("}],\"gender\":\""u8);
        text.Put(day.Person.IsFemale ? "female"u8 : "male"u8);
        text.Put("\"}\n"u8);
    }

    private static void WriteEncounter(ExportDay day, ExportText text)
    {
        text.Begin();
        text.Put("{\"resourceType\":\"Encounter\",\"id\":\"visit-"u8);
        PutUserId(day, text);
        text.Put("\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/"u8);
        PutUserId(day, text);
        text.Put("\"}}\n"u8);
    }

    private static void Begin(ExportDay day, ExportText text, ReadOnlySpan<byte> id, long time, ReadOnlySpan<byte> status, ReadOnlySpan<byte> code)
    {
        text.Begin();
        text.Put("{\"resourceType\":\"Observation\",\"id\":\""u8);
        text.Put(id);
        text.Put("-"u8);
        PutUserId(day, text);
        text.Put("-"u8, time, "\",\"status\":\""u8);
        text.Put(status);
        text.Put("\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\""u8);
        text.Put(code);
        text.Put("\"}]},\"subject\":{\"reference\":\"Patient/"u8);
        PutUserId(day, text);
        text.Put("\"}"u8);
    }

    private static void PutPeriod(ExportText text, long start, long end)
    {
        text.Put(",\"effectivePeriod\":{\"start\":\""u8);
        text.PutIsoWithOffset(start);
        text.Put("\",\"end\":\""u8);
        text.PutIsoWithOffset(end);
        text.Put("\"}"u8);
    }

    private static void PutValue(ExportText text, long value, int decimals, ReadOnlySpan<byte> unit)
    {
        text.Put(",\"valueQuantity\":{\"value\":"u8);
        text.PutDecimal(value, decimals);
        text.Put(",\"system\":\"http://unitsofmeasure.org\",\"code\":\""u8);
        text.Put(unit);
        text.Put("\"}"u8);
    }
}
