using FastIngest.Pipeline.Runs;
using FastIngest.Sinks;
using FastIngest.Sinks.Entries;

namespace FastIngest.Pipeline.Entries;

/// <summary>What one run did: the figures of the closing table and of <c>--stats-json</c>.</summary>
public sealed record LexiconReport
{
    public required Guid RunId { get; init; }

    public required IReadOnlyList<RunFile> Files { get; init; }

    /// <summary>Records found.</summary>
    public required long Read { get; init; }

    /// <summary>How many records were rejected for each reason that occurred: those that are not JSON or no object.</summary>
    public required IReadOnlyDictionary<string, long> RejectedByReason { get; init; }

    /// <summary>How many were kept but make no entry, for each reason that occurred; repeated ones included.</summary>
    public required IReadOnlyDictionary<string, long> InvalidByReason { get; init; }

    /// <summary>Characters U+0000 that were removed from texts.</summary>
    public required long RemovedNuls { get; init; }

    public required IReadOnlyList<SinkReport<EntryResult>> Sinks { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public long Rejected => RejectedByReason.Values.Sum();

    public long Invalid => InvalidByReason.Values.Sum();

    public long Bytes => Files.Sum(f => f.Bytes);
}
