namespace FastIngest.Health;

/// <summary>How a column's value is stored in a <see cref="DailySummary"/> and in a database.</summary>
public enum ColumnKind
{
    /// <summary>UTF-8 text in <see cref="DailySummary.Texts"/>; null when absent.</summary>
    Text,

    /// <summary>The calendar day, <see cref="DailySummary.Day"/>.</summary>
    Date,

    /// <summary>A whole number in <see cref="DailySummary.Numbers"/>; never null.</summary>
    Count,

    /// <summary>A double in <see cref="DailySummary.Numbers"/>; NaN means null.</summary>
    Number,

    /// <summary>A JSON object as UTF-8 text in <see cref="DailySummary.Texts"/>; null when absent.</summary>
    Json,
}

/// <summary>
/// One column of the daily summaries. <see cref="Slot"/> is the 0-based index into <see cref="DailySummary.Numbers"/>
/// or <see cref="DailySummary.Texts"/>. <see cref="Owner"/> is the category whose records fill the column; it is null for
/// the key columns and for the summary text, which all categories contribute to.
/// </summary>
public sealed record SummaryColumn(string Name, ColumnKind Kind, int Slot, Category? Owner)
{
    /// <summary>All columns in the order of the specification; the first two are the key.</summary>
    public static IReadOnlyList<SummaryColumn> All { get; } =
    [
        new("user_id", ColumnKind.Text, TextSlot.UserId, null),
        new("date", ColumnKind.Date, 0, null),
        new("activity_count", ColumnKind.Count, NumberSlot.ActivityCount, Category.Activities),
        new("activity_minutes", ColumnKind.Number, NumberSlot.ActivityMinutes, Category.Activities),
        new("activity_kcal", ColumnKind.Number, NumberSlot.ActivityKcal, Category.Activities),
        new("activity_km", ColumnKind.Number, NumberSlot.ActivityKm, Category.Activities),
        new("activity_steps", ColumnKind.Number, NumberSlot.ActivitySteps, Category.Activities),
        new("activity_hr_max", ColumnKind.Number, NumberSlot.ActivityHrMax, Category.Activities),
        new("workout_count", ColumnKind.Count, NumberSlot.WorkoutCount, Category.Workouts),
        new("workout_minutes", ColumnKind.Number, NumberSlot.WorkoutMinutes, Category.Workouts),
        new("workout_kcal", ColumnKind.Number, NumberSlot.WorkoutKcal, Category.Workouts),
        new("meal_count", ColumnKind.Count, NumberSlot.MealCount, Category.Nutrition),
        new("meal_kcal", ColumnKind.Number, NumberSlot.MealKcal, Category.Nutrition),
        new("protein_g", ColumnKind.Number, NumberSlot.ProteinG, Category.Nutrition),
        new("carbs_g", ColumnKind.Number, NumberSlot.CarbsG, Category.Nutrition),
        new("fat_g", ColumnKind.Number, NumberSlot.FatG, Category.Nutrition),
        new("sleep_count", ColumnKind.Count, NumberSlot.SleepCount, Category.Sleep),
        new("sleep_hours", ColumnKind.Number, NumberSlot.SleepHours, Category.Sleep),
        new("deep_sleep_hours", ColumnKind.Number, NumberSlot.DeepSleepHours, Category.Sleep),
        new("rem_sleep_hours", ColumnKind.Number, NumberSlot.RemSleepHours, Category.Sleep),
        new("sleep_quality", ColumnKind.Text, TextSlot.SleepQuality, Category.Sleep),
        new("resting_hr", ColumnKind.Number, NumberSlot.RestingHr, Category.Sleep),
        new("hr_count", ColumnKind.Count, NumberSlot.HrCount, Category.HeartRate),
        new("hr_min", ColumnKind.Number, NumberSlot.HrMin, Category.HeartRate),
        new("hr_max", ColumnKind.Number, NumberSlot.HrMax, Category.HeartRate),
        new("hr_mean", ColumnKind.Number, NumberSlot.HrMean, Category.HeartRate),
        new("measurements", ColumnKind.Json, TextSlot.Measurements, Category.Measurements),
        new("summary", ColumnKind.Text, TextSlot.Summary, null),
        new("metrics", ColumnKind.Json, TextSlot.Metrics, Category.Samples),
    ];
}

/// <summary>Indexes into <see cref="DailySummary.Numbers"/>.</summary>
public static class NumberSlot
{
    public const int ActivityCount = 0, ActivityMinutes = 1, ActivityKcal = 2, ActivityKm = 3, ActivitySteps = 4, ActivityHrMax = 5;
    public const int WorkoutCount = 6, WorkoutMinutes = 7, WorkoutKcal = 8;
    public const int MealCount = 9, MealKcal = 10, ProteinG = 11, CarbsG = 12, FatG = 13;
    public const int SleepCount = 14, SleepHours = 15, DeepSleepHours = 16, RemSleepHours = 17, RestingHr = 18;
    public const int HrCount = 19, HrMin = 20, HrMax = 21, HrMean = 22;
    public const int Length = 23;
}

/// <summary>Indexes into <see cref="DailySummary.Texts"/>.</summary>
public static class TextSlot
{
    public const int UserId = 0, SleepQuality = 1, Measurements = 2, Summary = 3, Metrics = 4;
    public const int Length = 5;
}
