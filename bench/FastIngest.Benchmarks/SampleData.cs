using FastIngest.Generate;
using FastIngest.Health;

namespace FastIngest.Benchmarks;

/// <summary>Generated files. They are created once per process and deleted at its end.</summary>
internal static class SampleData
{
    public const int MaxRecordBytes = 16 << 20;

    private static readonly Dictionary<(GeneratorStyle Style, bool ManyUsers), string> Directories = [];

    /// <summary>The categories with enough records for a measurement of their own; users have few.</summary>
    public static Category[] LargeCategories { get; } =
        [Category.Activities, Category.Workouts, Category.Nutrition, Category.Sleep, Category.HeartRate, Category.Measurements];

    /// <summary>A file of a data set of about 16 MB with realistic proportions.</summary>
    public static string PathOf(Category category, GeneratorStyle style) => Path.Combine(DirectoryOf(style, manyUsers: false), FileName(category, style));

    /// <summary>As <see cref="PathOf"/>, but with the measurements of 5,000 users, since a data set of 16 MB has very few.</summary>
    public static string PathOfLarge(Category category, GeneratorStyle style) =>
        Path.Combine(DirectoryOf(style, manyUsers: category == Category.Measurements), FileName(category, style));

    /// <summary>The path of another file in the directory of the data.</summary>
    public static string Scratch(string name) => Path.Combine(DirectoryOf(GeneratorStyle.Pretty, manyUsers: false), name);

    private static string FileName(Category category, GeneratorStyle style) => category.Name() + (style == GeneratorStyle.Ndjson ? ".ndjson" : ".json");

    private static string DirectoryOf(GeneratorStyle style, bool manyUsers)
    {
        lock (Directories)
        {
            if (!Directories.TryGetValue((style, manyUsers), out string? directory))
            {
                directory = Directory.CreateTempSubdirectory("fastingest-bench-").FullName;
                AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
                GeneratorOptions options = new() { Directory = directory, Style = style };
                options = manyUsers ? options with { Users = 5000, Days = 1 } : options with { TotalBytes = 16_000_000 };
                DataSetGenerator.Generate(options, null, default);
                Directories[(style, manyUsers)] = directory;
            }

            return directory;
        }
    }
}
