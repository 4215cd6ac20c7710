using FastIngest.Lexicon;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.Entries;

/// <summary>How a dictionary's files are laid out.</summary>
public enum DictionaryFormat
{
    /// <summary>One object a line.</summary>
    Jsonl,

    /// <summary>An array, or an object whose <c>entries</c> is one; also one object a line.</summary>
    Json,
}

/// <summary>What to read and how. Where the entries go is given beside it, as sinks.</summary>
public sealed record LexiconOptions
{
    /// <summary>The source's id.</summary>
    public required string Source { get; init; }

    /// <summary>A file or a directory of files.</summary>
    public required string Path { get; init; }

    public DictionaryFormat Format { get; init; } = DictionaryFormat.Jsonl;

    /// <summary>What is known of sources, this one among them or not.</summary>
    public IReadOnlyList<DataSource> Catalog { get; init; } = [];

    public EntryPolicy Policy { get; init; } = new();

    /// <summary>Threads that clean. Any value gives the same output.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>Records that a worker cleans at a time, at most. Any value gives the same output.</summary>
    public int CleanBatch { get; init; } = 5_000;

    /// <summary>The largest record read, in bytes; larger ones are rejected.</summary>
    public int MaxRecordBytes { get; init; } = 64 << 20;

    /// <summary>How many times its size a compressed file may grow.</summary>
    public ExpansionLimit Expansion { get; init; } = ExpansionLimit.Default;

    /// <summary>Where rejected and invalid records are written, one JSON object a line; made only if there are any.</summary>
    public string RejectsPath { get; init; } = "rejects.ndjson";
}
