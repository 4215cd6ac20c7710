using FastIngest.Sources.Compression;

namespace FastIngest.Sources;

/// <summary>How the input files of a run are found and opened.</summary>
public sealed record InputOptions
{
    /// <summary>How uncompressed files are read.</summary>
    public IoMode Io { get; init; } = IoMode.Auto;

    /// <summary>How much compressed files may grow.</summary>
    public ExpansionLimit Expansion { get; init; } = ExpansionLimit.Default;

    /// <summary>The folder for a copy of standard input, which is read several times.</summary>
    public string TempDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Whether folders are read with their subfolders.</summary>
    public bool IsRecursive { get; init; } = true;

    /// <summary>The only paths, as a walk finds them, that are opened; null for all. An archive's members have the path of the archive.</summary>
    public IReadOnlySet<string>? Only { get; init; }
}
