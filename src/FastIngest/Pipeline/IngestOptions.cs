using System.Text;
using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.Times;
using FastIngest.Health;
using FastIngest.Samples;
using FastIngest.Sources;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline;

/// <summary>Selects the implementation. The output of both is the same, byte for byte.</summary>
public enum IngestMode
{
    /// <summary>Parallel map, shuffle, reduce.</summary>
    Optimized,

    /// <summary>The reference implementation: one thread, <c>JsonDocument</c>, everything in memory.</summary>
    Original,
}

/// <summary>The input and the settings of a run. The targets are passed separately, as sinks.</summary>
public sealed record IngestOptions
{
    /// <summary>Directories, files or URLs; at least one. <c>-</c> is standard input.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    public IngestMode Mode { get; init; } = IngestMode.Optimized;

    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The size of a chunk in bytes; 0 chooses it by the input size. The output does not depend on it.</summary>
    public int ChunkBytes { get; init; }

    /// <summary>The number of key ranges that are reduced separately; 0 chooses it by the input size. The output does not depend on it.</summary>
    public int Partitions { get; init; }

    /// <summary>The memory limit of the whole process in bytes. The output does not depend on it.</summary>
    public long MemoryLimitBytes { get; init; } = 256L << 20;

    /// <summary>The folder for events that do not fit into memory.</summary>
    public string TempDirectory { get; init; } = Path.GetTempPath();

    /// <summary>The supported dialects, in the order in which they are tried on a file.</summary>
    public IReadOnlyList<Dialect> Dialects { get; init; } = DialectCatalog.All;

    /// <summary>The category of standard input and of the files that are named themselves; null to take it from their names.</summary>
    public Category? Category { get; init; }

    /// <summary>Whether folders are read with their subfolders.</summary>
    public bool IsRecursive { get; init; } = true;

    /// <summary>Limits the size of a decompressed file relative to its compressed size.</summary>
    public ExpansionLimit Expansion { get; init; } = ExpansionLimit.Default;

    public IoMode Io { get; init; } = IoMode.Auto;

    /// <summary>Whether servers on other machines may be asked without TLS.</summary>
    public bool AllowsHttp { get; init; }

    /// <summary>The maximum size of a record in bytes; larger records are rejected.</summary>
    public int MaxRecordBytes { get; init; } = 16 << 20;

    /// <summary>The user of records without a <c>user_id</c>; null to reject them.</summary>
    public string? UserId { get; init; }

    /// <summary>The number of folders of a relative path after which the folder's name is the user of the file's records, from 1; 0 for none.</summary>
    public int UserFolder { get; init; }

    /// <summary>The time zone for stamps in UTC; null without one.</summary>
    public TimeZoneChoice? TimeZone { get; init; }

    /// <summary>Which source counts for a cumulative metric that several sources report.</summary>
    public SourcePolicy Sources { get; init; } = SourcePolicy.Largest;

    /// <summary>The policy for the sources as the events name them: by their pseudonyms if there is a key.</summary>
    internal SourcePolicy EffectiveSources => Pseudonyms is { } key ? Sources.Renamed(name => key.OfName(name)) : Sources;

    /// <summary>The dialect of all files; null to recognise it by their content.</summary>
    public Dialect? From { get; init; }

    /// <summary>What happens to implausible values.</summary>
    public ImplausiblePolicy Implausible { get; init; }

    /// <summary>The current day in UTC, for the check of days in the future.</summary>
    public DateOnly Today { get; init; } = DateOnly.FromDateTime(DateTime.UtcNow);

    /// <summary>The fields that may be unknown or hold no number.</summary>
    public AllowedFields AllowedFields { get; init; } = AllowedFields.None;

    /// <summary>How the files are found and opened.</summary>
    internal InputOptions InputOptions => new()
    {
        Io = Io,
        Expansion = Expansion,
        TempDirectory = TempDirectory,
        IsRecursive = IsRecursive,
        AllowsHttp = AllowsHttp,
        ReadAheadBytes = MemoryPlan.ReadAheadBytes(MemoryLimitBytes),
        HeldBytes = MemoryPlan.HeldBytes(MemoryLimitBytes),
    };

    /// <summary>The rules for records.</summary>
    internal RecordRules Rules => new() { DefaultUser = Encoding.UTF8.GetBytes(UserId ?? ""), Implausible = Implausible, Today = Today };

    /// <summary>The file for rejected records, one JSON object per line; created only if a record is rejected.</summary>
    public string RejectsPath { get; init; } = "rejects.ndjson";

    /// <summary>The users and days that the run takes; null for all.</summary>
    public RecordSelection? Selection { get; init; }

    /// <summary>Whether a summary has sentences about the records; if not, it has only its first, about the user and the day.</summary>
    public bool HasSentences { get; init; } = true;

    /// <summary>The key by which user ids and names are replaced; null to keep them. The rejects then contain no text of the records.</summary>
    public PseudonymKey? Pseudonyms { get; init; }
}
