namespace FastIngest.Health;

/// <summary>The seven kinds of record of a health export, in the order in which they are read and reported.</summary>
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

/// <summary>The names of the categories and the files that belong to them.</summary>
public static class Categories
{
    public const int Count = 7;

    private static readonly string[] Names =
        ["users", "activities", "workouts", "nutrition", "sleep", "heart_rate", "measurements"];

    /// <summary>The categories with a day, in the order in which a summary tells of them.</summary>
    public static ReadOnlySpan<Category> InTextOrder =>
        [Category.Activities, Category.Workouts, Category.Nutrition, Category.Sleep, Category.HeartRate, Category.Measurements];

    /// <summary>The name as it stands in file names and reports, such as <c>heart_rate</c>.</summary>
    public static string Name(this Category category) => Names[(int)category];

    /// <summary>The category of a file by its name, <c>CATEGORY([-_.].*)?</c> and one of some endings, or null if it is none.</summary>
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
