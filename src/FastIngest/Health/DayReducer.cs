using FastIngest.Json;
using FastIngest.Samples;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Computes the columns and sentences of one category from the events of a day. There is one method per category; each
/// reads the payload in the field order of <see cref="RecordSchema"/> and appends its sentences to the batch's text.
/// </summary>
/// <param name="sources">Which source counts for a cumulative metric.</param>
/// <param name="hasSentences">Whether sentences are written.</param>
internal sealed class DayReducer(SourcePolicy sources, bool hasSentences)
{
    private readonly SampleDay _samples = new(sources);
    private readonly MeasurementDay _measurements = new();
    private readonly long[] _numbers = new long[NumericAggregate.MaxNumbers];

    private static ReadOnlySpan<byte> Unknown => "unknown"u8;

    /// <summary>The number of samples so far that do not count, because another source counts for their metric and day.</summary>
    public long LeftOut => _samples.LeftOut;

    /// <summary>Reduces the events into the row and returns the number of records they represent.</summary>
    /// <param name="category">The category of the events.</param>
    /// <param name="events">The events.</param>
    /// <param name="hasSamples">Whether the day has samples; these must be reduced before the other categories.</param>
    /// <param name="row">Receives the columns.</param>
    /// <param name="sleep">Receives what is known of the night's longest sleep.</param>
    /// <param name="batch">Receives the sentences.</param>
    public long Reduce(Category category, ref DayEvents events, bool hasSamples, ref DailySummary row, ref SleepChoice sleep, SummaryBatch batch)
    {
        switch (category)
        {
            case Category.Activities:
                ReduceActivities(ref events, ref row, batch);
                break;
            case Category.Workouts:
                ReduceWorkouts(ref events, ref row, batch);
                break;
            case Category.Nutrition:
                ReduceNutrition(ref events, ref row, batch);
                break;
            case Category.Sleep:
                ReduceSleep(ref events, ref row, ref sleep, batch);
                break;
            case Category.HeartRate:
                return HeartRateDay.Reduce(ref events, hasSamples ? _samples.Find(Metrics.HeartRate) : null, hasSentences, ref row, batch);
            case Category.Measurements:
                _measurements.Reduce(ref events, hasSentences, batch);
                break;
            case Category.Samples:
                return _samples.Read(ref events);
        }

        return events.Count;
    }

    /// <summary>Fills the columns of a category that its records leave empty from the samples of the day; then the day has the category too.</summary>
    public void FillFromSamples(Category category, ref DailySummary row, SummaryBatch batch)
    {
        bool hasRecords = row.Has(category);
        int start = batch.TextLength;
        row.Present |= (byte)(SampleColumns.Fill(category, hasRecords, _samples, hasSentences, ref row, batch) ? 1 << (int)category : 0);
        row.Parts[(int)category] += batch.TextLength - start;
    }

    /// <summary>Writes the sentence about the metrics that people talk about.</summary>
    public void WriteReadings(ref DailySummary row, SummaryBatch batch)
    {
        if (hasSentences)
        {
            int start = batch.TextLength;
            SampleSentence.Write(_samples, batch);
            row.Parts[(int)Category.Samples] = batch.TextLength - start;
        }
    }

    /// <summary>Writes the text columns. Call it once per row, after the summary text is complete.</summary>
    public void WriteColumns(ref DailySummary row, in SleepChoice sleep, SummaryBatch batch)
    {
        if (row.Has(Category.Samples))
        {
            row.Texts[TextSlot.Metrics] = MetricJson.Write(_samples.Result, batch);
        }

        if (row.Has(Category.Sleep) && double.IsNaN(row.Numbers[NumberSlot.RestingHr]))
        {
            row.Numbers[NumberSlot.RestingHr] = sleep.HasRestingHeartRate ? ExactDouble.FromMicros(sleep.RestingHeartRate) : double.NaN;
        }

        if (row.Has(Category.Sleep))
        {
            if (!sleep.Quality.IsEmpty)
            {
                row.Texts[TextSlot.SleepQuality] = batch.AddText(sleep.Quality);
            }
        }

        if (row.Has(Category.Measurements))
        {
            row.Texts[TextSlot.Measurements] = _measurements.WriteJson(batch);
        }
    }

    private void ReduceActivities(ref DayEvents events, ref DailySummary row, SummaryBatch batch)
    {
        NumericAggregate aggregate = default;
        long highest = long.MinValue;
        Span<long> numbers = _numbers.AsSpan(0, 6);
        while (events.Next(out PayloadReader payload))
        {
            ReadOnlySpan<byte> type = payload.ReadText();
            ReadOnlySpan<byte> weather = payload.ReadText();
            uint present = payload.ReadNumbers(numbers);
            aggregate.Add(numbers, present);
            if ((present & 1 << 5) != 0)
            {
                highest = Math.Max(highest, numbers[5]);
            }

            if (!hasSentences)
            {
                continue;
            }

            SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(6, type.Length + weather.Length)));
            sentence.Literal(" Activity: "u8);
            sentence.Literal(type.IsEmpty ? Unknown : type);
            sentence.Piece(", "u8, (present & 1 << 0) != 0, numbers[0], " min"u8);
            sentence.Piece(", "u8, (present & 1 << 1) != 0, numbers[1], " km"u8);
            sentence.Piece(", "u8, (present & 1 << 2) != 0, numbers[2], " steps"u8);
            sentence.Piece(", "u8, (present & 1 << 3) != 0, numbers[3], " kcal"u8);
            sentence.Piece(", "u8, weather, " weather"u8);
            sentence.Piece(", heart rate avg "u8, (present & 1 << 4) != 0, numbers[4], ""u8);
            sentence.Piece(", heart rate max "u8, (present & 1 << 5) != 0, numbers[5], ""u8);
            sentence.Literal("."u8);
            batch.Advance(sentence.Length);
        }

        row.Numbers[NumberSlot.ActivityCount] = events.Count;
        row.Numbers[NumberSlot.ActivityMinutes] = aggregate[0];
        row.Numbers[NumberSlot.ActivityKm] = aggregate[1];
        row.Numbers[NumberSlot.ActivitySteps] = aggregate[2];
        row.Numbers[NumberSlot.ActivityKcal] = aggregate[3];
        row.Numbers[NumberSlot.ActivityHrMax] = highest == long.MinValue ? double.NaN : ExactDouble.FromMicros(highest);
    }

    private void ReduceWorkouts(ref DayEvents events, ref DailySummary row, SummaryBatch batch)
    {
        NumericAggregate aggregate = default;
        Span<long> numbers = _numbers.AsSpan(0, 4);
        while (events.Next(out PayloadReader payload))
        {
            ReadOnlySpan<byte> type = payload.ReadText();
            uint present = payload.ReadNumbers(numbers);
            aggregate.Add(numbers, present);

            if (!hasSentences)
            {
                continue;
            }

            SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(4, type.Length)));
            sentence.Literal(" Workout: "u8);
            sentence.Literal(type.IsEmpty ? Unknown : type);
            sentence.Piece(", "u8, (present & 1 << 0) != 0, numbers[0], " min"u8);
            sentence.Piece(", "u8, (present & 1 << 1) != 0, numbers[1], " sets"u8);
            sentence.Piece(", "u8, (present & 1 << 2) != 0, numbers[2], " reps"u8);
            sentence.Piece(", "u8, (present & 1 << 3) != 0, numbers[3], " kcal"u8);
            sentence.Literal("."u8);
            batch.Advance(sentence.Length);
        }

        row.Numbers[NumberSlot.WorkoutCount] = events.Count;
        row.Numbers[NumberSlot.WorkoutMinutes] = aggregate[0];
        row.Numbers[NumberSlot.WorkoutKcal] = aggregate[3];
    }

    private void ReduceNutrition(ref DayEvents events, ref DailySummary row, SummaryBatch batch)
    {
        NumericAggregate aggregate = default;
        Span<long> numbers = _numbers.AsSpan(0, 4);
        while (events.Next(out PayloadReader payload))
        {
            ReadOnlySpan<byte> type = payload.ReadText();
            uint present = payload.ReadNumbers(numbers);
            aggregate.Add(numbers, present);

            if (!hasSentences)
            {
                continue;
            }

            SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(4, type.Length)));
            sentence.Literal(" Meal: "u8);
            sentence.Literal(type.IsEmpty ? Unknown : type);
            sentence.Piece(", "u8, (present & 1 << 0) != 0, numbers[0], " kcal"u8);
            sentence.Piece(", "u8, (present & 1 << 1) != 0, numbers[1], " g protein"u8);
            sentence.Piece(", "u8, (present & 1 << 2) != 0, numbers[2], " g carbs"u8);
            sentence.Piece(", "u8, (present & 1 << 3) != 0, numbers[3], " g fat"u8);
            sentence.Literal("."u8);
            batch.Advance(sentence.Length);
        }

        row.Numbers[NumberSlot.MealCount] = events.Count;
        row.Numbers[NumberSlot.MealKcal] = aggregate[0];
        row.Numbers[NumberSlot.ProteinG] = aggregate[1];
        row.Numbers[NumberSlot.CarbsG] = aggregate[2];
        row.Numbers[NumberSlot.FatG] = aggregate[3];
    }

    private void ReduceSleep(ref DayEvents events, ref DailySummary row, ref SleepChoice choice, SummaryBatch batch)
    {
        NumericAggregate aggregate = default;
        Span<long> numbers = _numbers.AsSpan(0, 4);
        while (events.Next(out PayloadReader payload))
        {
            ReadOnlySpan<byte> quality = payload.ReadText();
            uint present = payload.ReadNumbers(numbers);
            aggregate.Add(numbers, present);
            choice.Consider((present & 1) != 0 ? numbers[0] : long.MinValue, quality, (present & 1 << 3) != 0, numbers[3]);

            if (!hasSentences)
            {
                continue;
            }

            Span<byte> target = batch.GetSpan(SentenceWriter.MaxBytes(4, quality.Length));
            SentenceWriter sentence = new(target);
            sentence.Literal(" Sleep"u8);
            int first = sentence.Length;
            sentence.Piece(", "u8, (present & 1 << 0) != 0, numbers[0], " h"u8);
            sentence.Piece(", "u8, (present & 1 << 1) != 0, numbers[1], " h deep"u8);
            sentence.Piece(", "u8, (present & 1 << 2) != 0, numbers[2], " h REM"u8);
            sentence.Piece(", quality "u8, quality, ""u8);
            sentence.Piece(", resting heart rate "u8, (present & 1 << 3) != 0, numbers[3], ""u8);
            if (sentence.Length == first)
            {
                sentence.Literal(", unknown"u8);
            }

            // The first piece starts with a colon instead of a comma.
            target[first] = (byte)':';
            sentence.Literal("."u8);
            batch.Advance(sentence.Length);
        }

        row.Numbers[NumberSlot.SleepCount] = events.Count;
        row.Numbers[NumberSlot.SleepHours] = aggregate[0];
        row.Numbers[NumberSlot.DeepSleepHours] = aggregate[1];
        row.Numbers[NumberSlot.RemSleepHours] = aggregate[2];
    }
}
