using System.Buffers;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Health;

/// <summary>Writes sentences about samples for people: a few digits, the names in words.</summary>
internal static class SampleSentence
{
    /// <summary>The metrics that people talk about, besides those with columns of their own.</summary>
    private static readonly Metric[] Spoken =
    [
        Metrics.RestingHeartRate, Metrics.HrvSdnn, Metrics.HrvRmssd, Metrics.OxygenSaturation, Metrics.RespiratoryRate,
        Metrics.Systolic, Metrics.Diastolic, Metrics.Glucose, Metrics.Weight, Metrics.BodyFat, Metrics.BodyMassIndex, Metrics.BodyTemperature,
        Metrics.Vo2Max, Metrics.FlightsClimbed, Metrics.Water, Metrics.MindfulMinutes,
    ];

    /// <summary>Writes the sentence of the category <see cref="Category.Samples"/>; nothing if no spoken metric has a sample.</summary>
    public static void Write(SampleDay samples, SummaryBatch batch)
    {
        bool isFirst = true;
        foreach (Metric metric in Spoken)
        {
            if (samples.Find(metric) is { } found)
            {
                batch.Write(isFirst ? " Readings: "u8 : ", "u8);
                WriteName(metric, batch);
                batch.Write(" "u8);
                WriteReading(found, batch);
                isFirst = false;
            }
        }

        batch.Write(isFirst ? ""u8 : "."u8);
    }

    /// <summary>Writes the sums of a category without records of its own.</summary>
    public static void WriteSums(Category category, SampleDay samples, SummaryBatch batch)
    {
        (string Start, (Metric Metric, string Unit)[] Parts) sentence = category == Category.Activities
            ? (" Moved", [(Metrics.Steps, " steps"), (Metrics.Distance, " km"), (Metrics.ActiveEnergy, " kcal"), (Metrics.ExerciseMinutes, " min of exercise")])
            : (" Eaten", [(Metrics.DietaryEnergy, " kcal"), (Metrics.Protein, " g protein"), (Metrics.Carbohydrates, " g carbs"), (Metrics.Fat, " g fat")]);
        bool isFirst = true;
        foreach ((Metric metric, string unit) in sentence.Parts)
        {
            if (samples.Find(metric) is { } found)
            {
                Write(isFirst ? sentence.Start + ": " : ", ", batch);
                WriteNumber(found.Sum, batch);
                Write(unit, batch);
                isFirst = false;
            }
        }

        batch.Write("."u8);
    }

    /// <summary>Writes the totals of a night.</summary>
    public static void WriteNight(SleepNight night, SummaryBatch batch)
    {
        batch.Write(" Sleep: "u8);
        WriteHours(night.Asleep, " h", batch);
        foreach ((SleepStage stage, string name) in ((SleepStage, string)[])[(SleepStage.Deep, " h deep"), (SleepStage.Rem, " h REM"), (SleepStage.Awake, " h awake")])
        {
            if (night.CountOf(stage) > 0)
            {
                batch.Write(", "u8);
                WriteHours(night[stage], name, batch);
            }
        }

        batch.Write("."u8);
    }

    private static void WriteHours(long micros, string unit, SummaryBatch batch)
    {
        WriteNumber(micros / 3600, batch);
        Write(unit, batch);
    }

    private static void WriteName(Metric metric, SummaryBatch batch)
    {
        Span<byte> name = batch.GetSpan(metric.Utf8Name.Length);
        for (int i = 0; i < metric.Utf8Name.Length; i++)
        {
            name[i] = metric.Utf8Name[i] == '_' ? (byte)' ' : metric.Utf8Name[i];
        }

        batch.Advance(metric.Utf8Name.Length);
    }

    private static void WriteReading(in DayMetric metric, SummaryBatch batch)
    {
        if (metric.Metric.Kind != MetricKind.Discrete)
        {
            WriteNumber(metric.Sum, batch);
        }
        else
        {
            WriteNumber(metric.Min, batch);
            if (metric.Max != metric.Min)
            {
                batch.Write(" to "u8);
                WriteNumber(metric.Max, batch);
            }
        }

        if (metric.Metric.Unit.Length > 0)
        {
            Write(metric.Metric.Unit == "%" ? "%" : " " + metric.Metric.Unit, batch);
        }
    }

    /// <summary>Writes a number with three digits or all digits before the point, whichever is more, rounded half to even.</summary>
    /// <param name="micros">The number in micros.</param>
    /// <param name="batch">Receives the text.</param>
    private static void WriteNumber(Int128 micros, SummaryBatch batch)
    {
        Int128 magnitude = Int128.Abs(micros);
        long step = magnitude >= 100_000_000 ? 1_000_000 : magnitude >= 10_000_000 ? 100_000 : 10_000;
        (Int128 quotient, Int128 remainder) = Int128.DivRem(micros, step);
        Int128 twice = Int128.Abs(remainder) * 2;
        quotient += twice > step || (twice == step && Int128.IsOddInteger(quotient)) ? Int128.Sign(micros) : 0;
        Int128 rounded = quotient * step;
        batch.Advance(DecimalText.Write(batch.GetSpan(DecimalText.MaxBytes), (long)Int128.Clamp(rounded, -DecimalParser.MaxMicros, DecimalParser.MaxMicros)));
    }

    private static void Write(string text, SummaryBatch batch) => batch.Advance(System.Text.Encoding.UTF8.GetBytes(text, batch.GetSpan(text.Length * 3)));
}
