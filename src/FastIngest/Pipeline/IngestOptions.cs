using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline;

/// <summary>Which engine does the work; the output is the same, byte for byte.</summary>
public enum IngestMode
{
    /// <summary>Parallel map, shuffle, reduce.</summary>
    Optimized,

    /// <summary>The plain reference: one thread, <c>JsonDocument</c>, everything in memory.</summary>
    Original,
}

/// <summary>What to read and how. Where the rows go is given beside it, as sinks.</summary>
public sealed record IngestOptions
{
    /// <summary>Directories or files; at least one.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    public IngestMode Mode { get; init; } = IngestMode.Optimized;

    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes of a file that one worker takes at a time; 0 lets the size of the input decide. Any value gives the same output.</summary>
    public int ChunkBytes { get; init; }

    /// <summary>Ranges of the key that are reduced separately; 0 lets the size of the input decide. Any value gives the same output.</summary>
    public int Partitions { get; init; }

    /// <summary>What the whole process may take of memory, in bytes. Any value gives the same output.</summary>
    public long MemoryLimitBytes { get; init; } = 256L << 20;

    /// <summary>Where events go that do not fit into memory.</summary>
    public string TempDirectory { get; init; } = Path.GetTempPath();

    /// <summary>The dialects that files may have, in the order in which they are asked.</summary>
    public IReadOnlyList<Dialect> Dialects { get; init; } = DialectCatalog.All;

    /// <summary>How many times its size a compressed file may grow.</summary>
    public ExpansionLimit Expansion { get; init; } = ExpansionLimit.Default;

    public IoMode Io { get; init; } = IoMode.Auto;

    /// <summary>The largest record read, in bytes; larger ones are rejected.</summary>
    public int MaxRecordBytes { get; init; } = 16 << 20;

    /// <summary>Where rejected records are written, one JSON object a line; made only if something is rejected.</summary>
    public string RejectsPath { get; init; } = "rejects.ndjson";
}
