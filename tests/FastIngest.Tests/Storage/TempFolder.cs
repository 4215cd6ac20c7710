namespace FastIngest.Tests.Storage;

/// <summary>A folder of its own for one test, removed with all that is in it.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => FullPath = Directory.CreateTempSubdirectory("fastingest-").FullName;

    public string FullPath { get; }

    /// <summary>The names of what lies in the folder, in order.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(FullPath).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    public string this[string name] => Path.Combine(FullPath, name);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
