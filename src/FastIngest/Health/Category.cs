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

    /// <summary>Finds the category of a file named <c>CATEGORY([-_.].*)?</c> plus one of the given endings; null when no category matches.</summary>
    /// <param name="fileName">The file name without its folder.</param>
    /// <param name="endings">The accepted endings, each with its dot, such as <c>.json</c>.</param>
    public static Category? OfFile(string fileName, IReadOnlyList<string> endings)
    {
        int dot = fileName.LastIndexOf('.');
        if (dot < 0 || !endings.Contains(fileName[dot..]))
        {
            return null;
        }

        ReadOnlySpan<char> stem = fileName.AsSpan(0, dot);
        for (int i = 0; i < Names.Length; i++)
        {
            string name = Names[i];
            if (stem.StartsWith(name, StringComparison.Ordinal)
                && (stem.Length == name.Length || stem[name.Length] is '-' or '_' or '.'))
            {
                return (Category)i;
            }
        }

        return null;
    }
}
