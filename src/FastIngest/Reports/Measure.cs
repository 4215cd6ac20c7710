using System.Text.Json;
using FastIngest.Health;

namespace FastIngest.Reports;

/// <summary>
/// A value of a day that reports show, named after the column of the daily summaries that holds it. <c>weight</c> has no column:
/// it is a measurement, or a metric of an export.
/// </summary>
/// <param name="Name">The name of the column.</param>
/// <param name="Decimals">The digits after the decimal point that a report keeps.</param>
/// <param name="Slot">The index in <see cref="DailySummary.Numbers"/>; -1 for the weight.</param>
/// <param name="IsCount">Whether 0 means that there is no record.</param>
public sealed record Measure(string Name, int Decimals, int Slot, bool IsCount = false)
{
    private const int WeightSlot = -1;

    /// <summary>All measures, in the order of a person's data.</summary>
    public static IReadOnlyList<Measure> All => List;

    private static readonly Measure[] List =
    [
        new("activity_steps", 0, NumberSlot.ActivitySteps),
        new("activity_km", 2, NumberSlot.ActivityKm),
        new("activity_kcal", 0, NumberSlot.ActivityKcal),
        new("activity_minutes", 0, NumberSlot.ActivityMinutes),
        new("workout_count", 0, NumberSlot.WorkoutCount, IsCount: true),
        new("workout_minutes", 0, NumberSlot.WorkoutMinutes),
        new("meal_count", 0, NumberSlot.MealCount, IsCount: true),
        new("meal_kcal", 0, NumberSlot.MealKcal),
        new("protein_g", 1, NumberSlot.ProteinG),
        new("carbs_g", 1, NumberSlot.CarbsG),
        new("fat_g", 1, NumberSlot.FatG),
        new("sleep_hours", 2, NumberSlot.SleepHours),
        new("deep_sleep_hours", 2, NumberSlot.DeepSleepHours),
        new("rem_sleep_hours", 2, NumberSlot.RemSleepHours),
        new("resting_hr", 0, NumberSlot.RestingHr),
        new("hr_min", 0, NumberSlot.HrMin),
        new("hr_mean", 1, NumberSlot.HrMean),
        new("hr_max", 0, NumberSlot.HrMax),
        new("weight", 2, WeightSlot),
    ];

    /// <summary>Returns the index of a measure in <see cref="All"/>.</summary>
    public static int IndexOf(string name)
    {
        int index = Array.FindIndex(List, m => m.Name == name);
        return index >= 0 ? index : throw new ArgumentException($"No measure has the name {name}.", nameof(name));
    }

    /// <summary>Reads all measures of a day; NaN where the day has none.</summary>
    /// <param name="page">The batch that holds the row.</param>
    /// <param name="row">The row.</param>
    /// <param name="values">Receives a value for each of <see cref="All"/>.</param>
    public static void Read(SummaryBatch page, in DailySummary row, Span<double> values)
    {
        for (int i = 0; i < List.Length; i++)
        {
            Measure measure = List[i];
            double value = measure.Slot == WeightSlot ? Weight(page, row) : row.Numbers[measure.Slot];
            values[i] = measure.IsCount && value == 0 ? double.NaN : value;
        }
    }

    /// <summary>The weight in kilograms: the measurement of that name, else the mean of the samples.</summary>
    private static double Weight(SummaryBatch page, in DailySummary row)
    {
        double measured = Find(page.Text(row.Texts[TextSlot.Measurements]), "weight"u8, default);
        return double.IsNaN(measured) ? Find(page.Text(row.Texts[TextSlot.Metrics]), "weight"u8, "mean"u8) : measured;
    }

    /// <summary>Finds a number in a JSON object; NaN where there is none, or where another program wrote something else there.</summary>
    private static double Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> inner)
    {
        // Most days have no such name, and a search for its bytes is much cheaper than reading the object.
        if (json.IndexOf(name) < 0)
        {
            return double.NaN;
        }

        try
        {
            Utf8JsonReader reader = new(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return double.NaN;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isWanted = reader.ValueTextEquals(name);
                reader.Read();
                if (!isWanted)
                {
                    reader.Skip();
                }
                else if (reader.TokenType == JsonTokenType.StartObject && !inner.IsEmpty)
                {
                    name = inner;
                    inner = default;
                }
                else
                {
                    return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double value) && double.IsFinite(value) ? value : double.NaN;
                }
            }
        }
        catch (JsonException)
        {
            // Another program changed the row.
        }

        return double.NaN;
    }
}
