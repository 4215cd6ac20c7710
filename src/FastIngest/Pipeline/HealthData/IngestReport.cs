using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Pipeline.Runs;
using FastIngest.Sinks.Summaries;
using FastIngest.Sources;

namespace FastIngest.Pipeline.HealthData;

/// <summary>The results of one run, as shown in the summary table and in <c>--stats-json</c>.</summary>
public sealed record IngestReport
{
    public required Guid RunId { get; init; }

    /// <summary>One entry per category, in category order, including categories without a file.</summary>
    public required IReadOnlyList<CategoryReport> Categories { get; init; }

    public required IReadOnlyList<SinkReport<SinkResult>> Sinks { get; init; }

    /// <summary>Daily summaries produced.</summary>
    public required long Rows { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Warnings for the user that affect no record, one line each, such as a missing category.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The files under the given paths that were not read, and the parts of files that were not read.</summary>
    public required IReadOnlyList<UnreadFile> Unread { get; init; }

    /// <summary>What is unusual about the fields of the records.</summary>
    public IReadOnlyList<FieldFinding> Fields { get; init; } = [];

    /// <summary>The files all of whose records were rejected.</summary>
    public IReadOnlyList<RejectedFile> RejectedFiles { get; init; } = [];

    /// <summary>The JSON files that end in the middle of a record, an array or a wrapper object.</summary>
    public IReadOnlyList<string> CutOff { get; init; } = [];

    /// <summary>The files that are exports of other programs, in reading order.</summary>
    public IReadOnlyList<ExportFile> Exports { get; init; } = [];

    /// <summary>The samples that do not count, because another source counts for their metric and day.</summary>
    public long LeftOut { get; init; }

    /// <summary>The kinds of records of exports that no dialect reads, and how many there are of each.</summary>
    public IReadOnlyList<NameCount> PassedOver { get; init; } = [];

    public long Records => Categories.Sum(c => c.Records);

    public long Aggregated => Categories.Sum(c => c.Aggregated);

    public long Repeated => Categories.Sum(c => c.Repeated);

    public long Rejected => Categories.Sum(c => c.Rejected);

    /// <summary>Stored records that were taken into the run, and are aggregated, too.</summary>
    public long Stored => Categories.Sum(c => c.Stored);

    /// <summary>Records outside the selection; null when the run takes all records.</summary>
    public required long? Filtered { get; init; }

    public long Bytes => Categories.Sum(c => c.Bytes);
}

/// <param name="Path">The path as the user gave it.</param>
/// <param name="Dialect">The name of its dialect.</param>
/// <param name="Bytes">The size when the file was opened.</param>
public sealed record ExportFile(string Path, string Dialect, long Bytes);

/// <param name="Category">The category.</param>
/// <param name="Files">The number of files read.</param>
/// <param name="Bytes">The total size of the files when they were opened.</param>
/// <param name="Records">Records read, counted by the map.</param>
/// <param name="Aggregated">Records that became part of a row or profile, counted by the reduce.</param>
/// <param name="Repeated">Records that repeat a record of another file and count once, counted by the reduce.</param>
/// <param name="RejectedByReason">The number of rejected records for each reason that occurred.</param>
public sealed record CategoryReport(
    Category Category,
    int Files,
    long Bytes,
    long Records,
    long Aggregated,
    long Repeated,
    IReadOnlyDictionary<RejectReason, long> RejectedByReason)
{
    /// <summary>Records outside the selection.</summary>
    public long Filtered { get; init; }

    /// <summary>Records of exports that the dialect does not read.</summary>
    public long PassedOver { get; init; }

    /// <summary>Stored records that were taken into the run, see <see cref="Sinks.Summaries.OnFewer.Union"/>; part of <see cref="Aggregated"/>.</summary>
    public long Stored { get; init; }

    public long Rejected => RejectedByReason.Values.Sum();
}
