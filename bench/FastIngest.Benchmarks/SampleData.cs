using FastIngest.Generate;
using FastIngest.Health;

namespace FastIngest.Benchmarks;

/// <summary>Generated files, made once a process and deleted at its end.</summary>
internal static class SampleData
{
    public const int MaxRecordBytes = 16 << 20;

    private static readonly Dictionary<(GeneratorStyle Style, bool ManyUsers), string> Directories = [];

    /// <summary>The categories that are worth a figure of their own; users are few.</summary>
    public static Category[] LargeCategories { get; } =
        [Category.Activities, Category.Workouts, Category.Nutrition, Category.Sleep, Category.HeartRate, Category.Measurements];

    /// <summary>A file of a data set of about 16 MB, in the proportions of a real one.</summary>
    public static string PathOf(Category category, GeneratorStyle style) => Path.Combine(DirectoryOf(style, manyUsers: false), FileName(category, style));

    /// <summary>The same, but measurements are those of 5,000 users: a data set of 16 MB has next to none.</summary>
    public static string PathOfLarge(Category category, GeneratorStyle style) =>
        Path.Combine(DirectoryOf(style, manyUsers: category == Category.Measurements), FileName(category, style));

    /// <summary>Another file name in the directory of the data.</summary>
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
