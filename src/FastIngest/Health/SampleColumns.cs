using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Health;

/// <summary>
/// Fills the columns of a day that have a place for samples, so that all dialects fill the same columns. A column that records
/// of its own category fill keeps their value.
/// </summary>
internal static class SampleColumns
{
    private static readonly (Category Category, int Slot, Metric Metric)[] Sums =
    [
        (Category.Activities, NumberSlot.ActivitySteps, Metrics.Steps),
        (Category.Activities, NumberSlot.ActivityKm, Metrics.Distance),
        (Category.Activities, NumberSlot.ActivityKcal, Metrics.ActiveEnergy),
        (Category.Activities, NumberSlot.ActivityMinutes, Metrics.ExerciseMinutes),
        (Category.Nutrition, NumberSlot.MealKcal, Metrics.DietaryEnergy),
        (Category.Nutrition, NumberSlot.ProteinG, Metrics.Protein),
        (Category.Nutrition, NumberSlot.CarbsG, Metrics.Carbohydrates),
        (Category.Nutrition, NumberSlot.FatG, Metrics.Fat),
    ];

    /// <summary>Fills the columns of a category and writes its sentence if the day has no records of it; returns whether a column was filled.</summary>
    /// <param name="category">The category.</param>
    /// <param name="hasRecords">Whether the day has records of the category.</param>
    /// <param name="samples">The samples of the day.</param>
    /// <param name="hasSentences">Whether sentences are written.</param>
    /// <param name="row">Receives the columns.</param>
    /// <param name="batch">Receives the sentence.</param>
    public static bool Fill(Category category, bool hasRecords, SampleDay samples, bool hasSentences, ref DailySummary row, SummaryBatch batch)
    {
        switch (category)
        {
            case Category.Activities or Category.Nutrition:
                bool isFilled = FillSums(category, samples, ref row);
                if (isFilled && !hasRecords && hasSentences)
                {
                    SampleSentence.WriteSums(category, samples, batch);
                }

                return isFilled;
            case Category.HeartRate when !hasRecords && samples.Find(Metrics.HeartRate) is { } rates:
                DayEvents none = default;
                HeartRateDay.Reduce(ref none, rates, hasSentences, ref row, batch);
                return true;
            case Category.Sleep:
                return FillNight(samples, hasRecords, hasSentences, ref row, batch);
            default:
                return false;
        }
    }

    private static bool FillSums(Category category, SampleDay samples, ref DailySummary row)
    {
        bool isFilled = false;
        foreach ((Category owner, int slot, Metric metric) in Sums)
        {
            if (owner == category && double.IsNaN(row.Numbers[slot]) && samples.Find(metric) is { } found)
            {
                row.Numbers[slot] = ExactDouble.FromMicros(found.Sum);
                isFilled = true;
            }
        }

        return isFilled;
    }

    private static bool FillNight(SampleDay samples, bool hasRecords, bool hasSentences, ref DailySummary row, SummaryBatch batch)
    {
        DayMetric? resting = samples.Find(Metrics.RestingHeartRate);
        if (resting is { } rate && double.IsNaN(row.Numbers[NumberSlot.RestingHr]))
        {
            row.Numbers[NumberSlot.RestingHr] = ExactDouble.Ratio(rate.Sum, (Int128)rate.Count * 1_000_000);
        }

        SleepNight night = samples.Night;
        if (night.IsEmpty || night.Asleep == 0 || hasRecords)
        {
            return resting is not null;
        }

        row.Numbers[NumberSlot.SleepCount] = night.Sleeps;
        row.Numbers[NumberSlot.SleepHours] = Hours(night.Asleep);
        row.Numbers[NumberSlot.DeepSleepHours] = night.CountOf(SleepStage.Deep) > 0 ? Hours(night[SleepStage.Deep]) : double.NaN;
        row.Numbers[NumberSlot.RemSleepHours] = night.CountOf(SleepStage.Rem) > 0 ? Hours(night[SleepStage.Rem]) : double.NaN;
        if (hasSentences)
        {
            SampleSentence.WriteNight(night, batch);
        }

        return true;
    }

    private static double Hours(long micros) => ExactDouble.Ratio(micros, 3600 * WallTime.MicrosPerSecond);
}
