using FastIngest.Health;

namespace FastIngest.Generate;

/// <summary>How the records of one category look. A new category is a class of this kind and a line in <see cref="All"/>.</summary>
internal abstract class RecordKind(Category category)
{
    /// <summary>In the order in which the files are written.</summary>
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

    /// <summary>Whether the records belong to a person and not to a day; then only day 0 is written.</summary>
    public virtual bool OncePerUser => false;

    /// <summary>Writes the records of this day: none, one or several.</summary>
    public abstract void Write(DayCell cell, RecordWriter writer);
}
