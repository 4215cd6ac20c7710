using FastIngest.Json;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Makes the columns and sentences of one category from the events of a day: one method a category, each reading its
/// events' payload in the order of <see cref="RecordSchema"/>. Sentences go to the end of the batch's text.
/// </summary>
internal sealed class DayReducer
{
    private readonly MeasurementDay _measurements = new();

    /// <summary>Reduces the events to the row and returns the number of records they stand for.</summary>
    public long Reduce(Category category, ref DayEvents events, ref DailySummary row, ref SleepChoice sleep, SummaryBatch batch)
    {
        switch (category)
        {
            case Category.Activities:
                Activities(ref events, ref row, batch);
                break;
            case Category.Workouts:
                Workouts(ref events, ref row, batch);
                break;
            case Category.Nutrition:
                Nutrition(ref events, ref row, batch);
                break;
            case Category.Sleep:
                Sleep(ref events, ref row, ref sleep, batch);
                break;
            case Category.HeartRate:
                return HeartRateDay.Reduce(ref events, ref row, batch);
            case Category.Measurements:
                _measurements.Reduce(ref events, batch);
                break;
        }

        return events.Count;
    }

    /// <summary>Writes the texts that are columns of their own; to be called when the summary is complete.</summary>
    public void WriteColumns(ref DailySummary row, in SleepChoice sleep, SummaryBatch batch)
    {
        if (row.Has(Category.Sleep))
        {
            row.Numbers[NumberSlot.RestingHr] = sleep.HasRestingHeartRate ? ExactDouble.FromMillionths(sleep.RestingHeartRate) : double.NaN;
            if (sleep.HasQuality)
            {
                row.Texts[TextSlot.SleepQuality] = batch.AddText(sleep.Quality);
            }
        }

        if (row.Has(Category.Measurements))
        {
            row.Texts[TextSlot.Measurements] = _measurements.WriteJson(batch);
        }
    }

    private static void Activities(ref DayEvents events, ref DailySummary row, SummaryBatch batch)
    {
        Sum minutes = default, kilometres = default, steps = default, kilocalories = default;
        Maximum highest = default;
        while (events.Next(out PayloadReader payload))
        {
            bool hasType = payload.ReadText(out ReadOnlySpan<byte> type);
            bool hasWeather = payload.ReadText(out ReadOnlySpan<byte> weather);
            bool hasDuration = payload.ReadNumber(out long duration);
            bool hasDistance = payload.ReadNumber(out long distance);
            bool hasSteps = payload.ReadNumber(out long stepCount);
            bool hasCalories = payload.ReadNumber(out long calories);
            bool hasAverage = payload.ReadNumber(out long average);
            bool hasHighest = payload.ReadNumber(out long high);
            minutes.Add(hasDuration, duration);
            kilometres.Add(hasDistance, distance);
            steps.Add(hasSteps, stepCount);
            kilocalories.Add(hasCalories, calories);
            highest.Add(hasHighest, high);

            SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(6, type.Length + weather.Length)));
            sentence.Literal(" Activity: "u8);
            sentence.First(hasType ? type : "unknown"u8);
            sentence.Piece(""u8, hasDuration, duration, " min"u8);
            sentence.Piece(""u8, hasDistance, distance, " km"u8);
            sentence.Piece(""u8, hasSteps, stepCount, " steps"u8);
            sentence.Piece(""u8, hasCalories, calories, " kcal"u8);
            sentence.Piece(""u8, hasWeather, weather, " weather"u8);
            sentence.Piece("heart rate avg "u8, hasAverage, average, ""u8);
            sentence.Piece("heart rate max "u8, hasHighest, high, ""u8);
            sentence.End();
            batch.Advance(sentence.Length);
        }

        row.Numbers[NumberSlot.ActivityCount] = events.Count;
        row.Numbers[NumberSlot.ActivityMinutes] = minutes.Value;
        row.Numbers[NumberSlot.ActivityKcal] = kilocalories.Value;
        row.Numbers[NumberSlot.ActivityKm] = kilometres.Value;
        row.Numbers[NumberSlot.ActivitySteps] = steps.Value;
        row.Numbers[NumberSlot.ActivityHrMax] = highest.Value;
    }

    private static void Workouts(ref DayEvents events, ref DailySummary row, SummaryBatch batch)
    {
        Sum minutes = default, kilocalories = default;
        while (events.Next(out PayloadReader payload))
        {
            bool hasType = payload.ReadText(out ReadOnlySpan<byte> type);
            bool hasDuration = payload.ReadNumber(out long duration);
            bool hasSets = payload.ReadNumber(out long sets);
            bool hasReps = payload.ReadNumber(out long reps);
            bool hasCalories = payload.ReadNumber(out long calories);
            minutes.Add(hasDuration, duration);
            kilocalories.Add(hasCalories, calories);

            SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(4, type.Length)));
            sentence.Literal(" Workout: "u8);
            sentence.First(hasType ? type : "unknown"u8);
            sentence.Piece(""u8, hasDuration, duration, " min"u8);
            sentence.Piece(""u8, hasSets, sets, " sets"u8);
            sentence.Piece(""u8, hasReps, reps, " reps"u8);
            sentence.Piece(""u8, hasCalories, calories, " kcal"u8);
            sentence.End();
            batch.Advance(sentence.Length);
        }

        row.Numbers[NumberSlot.WorkoutCount] = events.Count;
        row.Numbers[NumberSlot.WorkoutMinutes] = minutes.Value;
        row.Numbers[NumberSlot.WorkoutKcal] = kilocalories.Value;
    }

    private static void Nutrition(ref DayEvents events, ref DailySummary row, SummaryBatch batch)
    {
        Sum kilocalories = default, proteins = default, carbohydrates = default, fats = default;
        while (events.Next(out PayloadReader payload))
        {
            bool hasType = payload.ReadText(out ReadOnlySpan<byte> type);
            bool hasCalories = payload.ReadNumber(out long calories);
            bool hasProtein = payload.ReadNumber(out long protein);
            bool hasCarbs = payload.ReadNumber(out long carbs);
            bool hasFat = payload.ReadNumber(out long fat);
            kilocalories.Add(hasCalories, calories);
            proteins.Add(hasProtein, protein);
            carbohydrates.Add(hasCarbs, carbs);
            fats.Add(hasFat, fat);

            SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(4, type.Length)));
            sentence.Literal(" Meal: "u8);
            sentence.First(hasType ? type : "unknown"u8);
            sentence.Piece(""u8, hasCalories, calories, " kcal"u8);
            sentence.Piece(""u8, hasProtein, protein, " g protein"u8);
            sentence.Piece(""u8, hasCarbs, carbs, " g carbs"u8);
            sentence.Piece(""u8, hasFat, fat, " g fat"u8);
            sentence.End();
            batch.Advance(sentence.Length);
        }

        row.Numbers[NumberSlot.MealCount] = events.Count;
        row.Numbers[NumberSlot.MealKcal] = kilocalories.Value;
        row.Numbers[NumberSlot.ProteinG] = proteins.Value;
        row.Numbers[NumberSlot.CarbsG] = carbohydrates.Value;
        row.Numbers[NumberSlot.FatG] = fats.Value;
    }

    private static void Sleep(ref DayEvents events, ref DailySummary row, ref SleepChoice choice, SummaryBatch batch)
    {
        Sum total = default, deep = default, rem = default;
        while (events.Next(out PayloadReader payload))
        {
            bool hasQuality = payload.ReadText(out ReadOnlySpan<byte> quality);
            bool hasTotal = payload.ReadNumber(out long hours);
            bool hasDeep = payload.ReadNumber(out long deepHours);
            bool hasRem = payload.ReadNumber(out long remHours);
            bool hasResting = payload.ReadNumber(out long resting);
            total.Add(hasTotal, hours);
            deep.Add(hasDeep, deepHours);
            rem.Add(hasRem, remHours);
            choice.Consider(hasTotal ? hours : long.MinValue, hasQuality, quality, hasResting, resting);

            SentenceWriter sentence = new(batch.GetSpan(SentenceWriter.MaxBytes(4, quality.Length)));
            sentence.Literal(" Sleep: "u8);
            sentence.Piece(""u8, hasTotal, hours, " h"u8);
            sentence.Piece(""u8, hasDeep, deepHours, " h deep"u8);
            sentence.Piece(""u8, hasRem, remHours, " h REM"u8);
            sentence.Piece("quality "u8, hasQuality, quality, ""u8);
            sentence.Piece("resting heart rate "u8, hasResting, resting, ""u8);
            sentence.End(without: "unknown"u8);
            batch.Advance(sentence.Length);
        }

        row.Numbers[NumberSlot.SleepCount] = events.Count;
        row.Numbers[NumberSlot.SleepHours] = total.Value;
        row.Numbers[NumberSlot.DeepSleepHours] = deep.Value;
        row.Numbers[NumberSlot.RemSleepHours] = rem.Value;
    }
}
