namespace HealthIngestion.Tests;

/// <summary>The source tree that the tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The folders of <c>tests/data/health</c>, each with an <c>expected.ndjson</c>.</summary>
    public static string[] Sets { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "tests", "data", "health")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    public static string Set(string name) => Path.Combine(Root, "tests", "data", "health", name);

    public static string Expected(string set) => File.ReadAllText(Path.Combine(Set(set), "expected.ndjson"));

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "FastIngest.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("FastIngest.sln is in no folder above the tests.");
    }
}
