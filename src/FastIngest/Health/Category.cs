namespace FastIngest.Health;

/// <summary>The kinds of records, in reading and reporting order.</summary>
public enum Category
{
    Users,
    Activities,
    Workouts,
    Nutrition,
    Sleep,
    HeartRate,
    Measurements,

    /// <summary>Readings of one metric, from the export of a phone, a watch or a clinic; see <see cref="FastIngest.Samples.Metric"/>.</summary>
    Samples,
}

/// <summary>Maps categories to names and file names to categories.</summary>
public static class Categories
{
    public const int Count = 8;

    private static readonly string[] Names =
        ["users", "activities", "workouts", "nutrition", "sleep", "heart_rate", "measurements", "samples"];

    /// <summary>The categories that have files of their own in the layout of this program; they can be named by the user.</summary>
    public static IReadOnlyList<Category> Named { get; } = [.. Enum.GetValues<Category>().Where(c => c != Category.Samples)];

    /// <summary>The categories with a day and sentences of their own, in the order of the sentences in a summary. The sentence of samples follows them.</summary>
    public static ReadOnlySpan<Category> InTextOrder =>
        [Category.Activities, Category.Workouts, Category.Nutrition, Category.Sleep, Category.HeartRate, Category.Measurements];

    /// <summary>The name used in file names and reports, such as <c>heart_rate</c>.</summary>
    public static string Name(this Category category) => Names[(int)category];

    /// <summary>Returns the category with a name, in any case; null when there is none.</summary>
    public static Category? Parse(ReadOnlySpan<char> name)
    {
        foreach (Category category in Named)
        {
            if (name.Equals(category.Name(), StringComparison.OrdinalIgnoreCase))
            {
                return category;
            }
        }

        return null;
    }
}
