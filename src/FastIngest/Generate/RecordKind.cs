using FastIngest.Health;

namespace FastIngest.Generate;

/// <summary>Generates the records of one category. To add a category, add a subclass and a line in <see cref="All"/>.</summary>
internal abstract class RecordKind(Category category)
{
    /// <summary>All categories, in the order in which the files are written.</summary>
    public static readonly RecordKind[] All =
    [
        new UserRecords(),
        new ActivityRecords(),
        new WorkoutRecords(),
        new NutritionRecords(),
        new SleepRecords(),
        new HeartRateRecords(),
        new MeasurementRecords(),
    ];

    public Category Category { get; } = category;

    /// <summary>Whether there is one record per person instead of per day; then only day 0 is written.</summary>
    public virtual bool OncePerUser => false;

    /// <summary>Writes the records of this day: none, one or several.</summary>
    public abstract void Write(DayCell cell, RecordWriter writer);
}
