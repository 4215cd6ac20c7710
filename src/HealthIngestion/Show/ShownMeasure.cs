using System.Globalization;

namespace HealthIngestion.Show;

/// <summary>How the terminal shows a measure of a day.</summary>
/// <param name="Name">The name of the column in the database.</param>
/// <param name="Title">What a day's list calls it.</param>
/// <param name="Header">What a table calls it.</param>
/// <param name="Unit">The unit, empty for none.</param>
/// <param name="Decimals">The digits after the decimal point.</param>
/// <param name="HasLine">Whether it has a line of blocks above a table.</param>
internal sealed record ShownMeasure(string Name, string Title, string Header, string Unit, int Decimals, bool HasLine = false)
{
    /// <summary>All measures, the most important first: a table drops the last ones where there is no room.</summary>
    public static ShownMeasure[] All { get; } =
    [
        new("activity_steps", "Steps", "STEPS", "", 0, HasLine: true),
        new("sleep_hours", "Sleep", "SLEEP", "h", 1, HasLine: true),
        new("resting_hr", "Resting heart rate", "REST", "bpm", 0, HasLine: true),
        new("hr_mean", "Mean heart rate", "HR", "bpm", 0, HasLine: true),
        new("meal_kcal", "Meals", "KCAL", "kcal", 0, HasLine: true),
        new("weight", "Weight", "WEIGHT", "kg", 1, HasLine: true),
        new("deep_sleep_hours", "Deep sleep", "DEEP", "h", 1),
        new("rem_sleep_hours", "REM sleep", "REM", "h", 1),
        new("hr_min", "Lowest heart rate", "MIN", "bpm", 0),
        new("hr_max", "Highest heart rate", "MAX", "bpm", 0),
        new("activity_km", "Distance", "KM", "km", 2),
        new("activity_minutes", "Activity", "ACTIVE", "min", 0),
        new("activity_kcal", "Energy of activities", "BURNED", "kcal", 0),
        new("workout_minutes", "Workouts", "WORKOUT", "min", 0),
        new("protein_g", "Protein", "PROTEIN", "g", 1),
        new("carbs_g", "Carbohydrates", "CARBS", "g", 1),
        new("fat_g", "Fat", "FAT", "g", 1),
    ];

    /// <summary>A value without its unit; empty for none.</summary>
    public string Value(double value) => double.IsNaN(value) ? "" : value.ToString($"N{Decimals}", CultureInfo.InvariantCulture);

    /// <summary>A value with its unit.</summary>
    public string WithUnit(double value) => Unit.Length == 0 ? Value(value) : $"{Value(value)} {Unit}";
}
