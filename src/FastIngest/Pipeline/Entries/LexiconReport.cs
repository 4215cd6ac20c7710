using FastIngest.Pipeline.Runs;
using FastIngest.Sinks;
using FastIngest.Sinks.Entries;

namespace FastIngest.Pipeline.Entries;

/// <summary>The results of one run, as shown in the summary table and in <c>--stats-json</c>.</summary>
public sealed record LexiconReport
{
    public required Guid RunId { get; init; }

    public required IReadOnlyList<RunFile> Files { get; init; }

    /// <summary>Records read.</summary>
    public required long Read { get; init; }

    /// <summary>The number of rejected records (not JSON objects) for each reason that occurred.</summary>
    public required IReadOnlyDictionary<string, long> RejectedByReason { get; init; }

    /// <summary>The number of stored records without a valid entry for each reason that occurred, including repeated records.</summary>
    public required IReadOnlyDictionary<string, long> InvalidByReason { get; init; }

    /// <summary>Characters U+0000 that were removed from texts.</summary>
    public required long RemovedNuls { get; init; }

    public required IReadOnlyList<SinkReport<EntryResult>> Sinks { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Files with records of which none is an entry; a warning names each.</summary>
    public required int UselessFiles { get; init; }

    public long Rejected => RejectedByReason.Values.Sum();

    public long Invalid => InvalidByReason.Values.Sum();

    public long Bytes => Files.Sum(f => f.Bytes);
}
