using FastIngest.Lexicon;
using FastIngest.Sources.Compression;

namespace FastIngest.Pipeline.Entries;

/// <summary>The layout of dictionary files.</summary>
public enum DictionaryFormat
{
    /// <summary>One object per line.</summary>
    Jsonl,

    /// <summary>An array, an object whose property <c>entries</c> is an array, or one object per line.</summary>
    Json,
}

/// <summary>The input and the settings of a run. The targets are passed separately, as sinks.</summary>
public sealed record LexiconOptions
{
    /// <summary>The id of the source.</summary>
    public required string Source { get; init; }

    /// <summary>A file, a directory of files, or a URL.</summary>
    public required string Path { get; init; }

    public DictionaryFormat Format { get; init; } = DictionaryFormat.Jsonl;

    /// <summary>The known sources and their metadata; it may include this source.</summary>
    public IReadOnlyList<DataSource> Catalog { get; init; } = [];

    public EntryPolicy Policy { get; init; } = new();

    /// <summary>The number of cleaning threads. The output does not depend on it.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>The maximum number of records in a batch. The output does not depend on it.</summary>
    public int CleanBatch { get; init; } = 5_000;

    /// <summary>The maximum size of a record in bytes; larger records are rejected.</summary>
    public int MaxRecordBytes { get; init; } = 64 << 20;

    /// <summary>Limits the size of a decompressed file relative to its compressed size.</summary>
    public ExpansionLimit Expansion { get; init; } = ExpansionLimit.Default;

    /// <summary>The folder for copies of standard input and of files whose servers send no parts.</summary>
    public string TempDirectory { get; init; } = System.IO.Path.GetTempPath();

    /// <summary>Whether servers on other machines may be asked without TLS.</summary>
    public bool AllowsHttp { get; init; }

    /// <summary>The file for rejected and invalid records, one JSON object per line; created only if there are any.</summary>
    public string RejectsPath { get; init; } = "rejects.ndjson";
}
