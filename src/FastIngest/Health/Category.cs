namespace FastIngest.Health;

/// <summary>The seven kinds of records in a health export, in reading and reporting order.</summary>
public enum Category
{
    Users,
    Activities,
    Workouts,
    Nutrition,
    Sleep,
    HeartRate,
    Measurements,
}

/// <summary>Maps categories to names and file names to categories.</summary>
public static class Categories
{
    public const int Count = 7;

    private static readonly string[] Names =
        ["users", "activities", "workouts", "nutrition", "sleep", "heart_rate", "measurements"];

    /// <summary>The categories whose records have a day, in the order of their sentences in a summary.</summary>
    public static ReadOnlySpan<Category> InTextOrder =>
        [Category.Activities, Category.Workouts, Category.Nutrition, Category.Sleep, Category.HeartRate, Category.Measurements];

    /// <summary>The name used in file names and reports, such as <c>heart_rate</c>.</summary>
    public static string Name(this Category category) => Names[(int)category];

    /// <summary>Returns the category with a name, in any case; null when there is none.</summary>
    public static Category? Parse(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            if (name.Equals(Names[i], StringComparison.OrdinalIgnoreCase))
            {
                return (Category)i;
            }
        }

        return null;
    }
}
