namespace FastIngest.Tests.Storage;

/// <summary>A temporary folder for one test; it is deleted with its content.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => FullPath = Directory.CreateTempSubdirectory("fastingest-").FullName;

    public string FullPath { get; }

    /// <summary>The names of the files and folders in it, in order.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(FullPath).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    public string this[string name] => Path.Combine(FullPath, name);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
