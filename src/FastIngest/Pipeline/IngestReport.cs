using FastIngest.Health;
using FastIngest.Pipeline.Runs;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Pipeline;

/// <summary>What one run did: the figures of the closing table and of <c>--stats-json</c>.</summary>
public sealed record IngestReport
{
    public required Guid RunId { get; init; }

    /// <summary>One entry a category, in category order, also for categories without a file.</summary>
    public required IReadOnlyList<CategoryReport> Categories { get; init; }

    public required IReadOnlyList<SinkReport<SinkResult>> Sinks { get; init; }

    /// <summary>Daily summaries made.</summary>
    public required long Rows { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Things the user should know that cost no record, one line each, such as a missing category.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    public long Records => Categories.Sum(c => c.Records);

    public long Aggregated => Categories.Sum(c => c.Aggregated);

    public long Rejected => Categories.Sum(c => c.Rejected);

    public long Bytes => Categories.Sum(c => c.Bytes);
}

/// <param name="Category">Which category.</param>
/// <param name="Files">Files read.</param>
/// <param name="Bytes">Their size at opening.</param>
/// <param name="Records">Records found, counted by the map.</param>
/// <param name="Aggregated">Records that ended in a row or profile, counted by the reduce.</param>
/// <param name="RejectedByReason">How many records were rejected for each reason that occurred.</param>
public sealed record CategoryReport(
    Category Category,
    int Files,
    long Bytes,
    long Records,
    long Aggregated,
    IReadOnlyDictionary<RejectReason, long> RejectedByReason)
{
    public long Rejected => RejectedByReason.Values.Sum();
}
