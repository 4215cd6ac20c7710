namespace FastIngest.Tests.Support;

/// <summary>The data that tests read, and the folders that they may write to.</summary>
internal static class TestData
{
    /// <summary>The folder that holds FastIngest.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static string Health(string set) => Path.Combine(Root, "tests", "data", "health", set);

    public static string JsonTestSuite { get; } = Path.Combine(Root, "tests", "data", "JSONTestSuite");

    public static IReadOnlyList<string> HealthSets { get; } = ["compact", "default", "ndjson", "pretty", "quirks"];

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FastIngest.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}

/// <summary>
/// A folder that is deleted when the test ends. It is in memory if there is space, because thousands of runs would wait for
/// the disk.
/// </summary>
internal sealed class TemporaryFolder(bool inMemory = false) : IDisposable
{
    private const string MemoryRoot = "/dev/shm";

    public string Path { get; } = inMemory && Directory.Exists(MemoryRoot)
        ? Directory.CreateDirectory($"{MemoryRoot}/fastingest-{Guid.NewGuid():N}").FullName
        : Directory.CreateTempSubdirectory("fastingest-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        string path = File(name);
        using FileStream stream = System.IO.File.Create(path);
        stream.Write(bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
