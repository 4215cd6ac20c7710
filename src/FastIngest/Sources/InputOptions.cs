using FastIngest.Sources.Compression;

namespace FastIngest.Sources;

/// <summary>How the input files of a run are found and opened.</summary>
public sealed record InputOptions
{
    /// <summary>How uncompressed files are read.</summary>
    public IoMode Io { get; init; } = IoMode.Auto;

    /// <summary>How much compressed files may grow.</summary>
    public ExpansionLimit Expansion { get; init; } = ExpansionLimit.Default;

    /// <summary>The memory in bytes for what is read ahead from servers.</summary>
    public long ReadAheadBytes { get; init; } = 32L << 20;

    /// <summary>The memory in bytes for the contents of small files that are opened only once; 0 opens them as often as they are read.</summary>
    public long HeldBytes { get; init; }

    /// <summary>Whether servers on other machines may be asked without TLS.</summary>
    public bool AllowsHttp { get; init; }

    /// <summary>Ends the reads from servers.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>The folder for a copy of standard input, which is read several times, and of files whose servers send no parts.</summary>
    public string TempDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Whether folders are read with their subfolders.</summary>
    public bool IsRecursive { get; init; } = true;

    /// <summary>The only paths, as a walk finds them, that are opened; null for all. An archive's members have the path of the archive.</summary>
    public IReadOnlySet<string>? Only { get; init; }
}
