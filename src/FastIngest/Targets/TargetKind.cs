using FastIngest.Delivery;
using FastIngest.Embedding;
using FastIngest.Sinks.Entries;
using FastIngest.Sinks.Summaries;
using FastIngest.Stored;

namespace FastIngest.Targets;

/// <summary>
/// A kind of target: the prefixes of its name and its capabilities. A capability is a function that creates the object
/// that does the work; the kind lacks the capability if the function is null. The functions open nothing, and throw an
/// <see cref="IngestException"/> when the name of the target is invalid.
/// </summary>
public sealed record TargetKind
{
    /// <summary>The prefixes of a target's name, in any case, such as <c>sqlite:</c> or <c>http://</c>.</summary>
    public required IReadOnlyList<string> Prefixes { get; init; }

    /// <summary>What shells complete instead of <see cref="Prefixes"/>; null where those are what people write.</summary>
    public IReadOnlyList<string>? CompletedPrefixes { get; init; }

    /// <summary>The forms of the name in help texts and messages, such as <c>sqlite:FILE</c>.</summary>
    public required IReadOnlyList<string> Forms { get; init; }

    /// <summary>Whether the prefix is followed by a file path. Such a name contains no secret.</summary>
    public bool IsFile { get; init; }

    /// <summary>Returns the file that a path means, if the path may be that of a folder; null where it is always a file.</summary>
    public Func<string, string>? FileOf { get; init; }

    /// <summary>File name endings that suggest this kind, such as <c>.db</c>.</summary>
    public IReadOnlyList<string> FileEndings { get; init; } = [];

    /// <summary>Whether the path <c>-</c> means the standard output.</summary>
    public bool HasStandardOutput { get; init; }

    /// <summary>Creates a sink of daily summaries.</summary>
    public Func<Target, TargetOptions, ISummarySink>? Summaries { get; init; }

    /// <summary>Whether the sink of daily summaries can also store the records, if <see cref="TargetOptions.TakesRecords"/> is set.</summary>
    public bool Records { get; init; }

    /// <summary>Returns the files of the records for a path: none if the path is that of a single file, which cannot hold them. Null where records go to no files of their own.</summary>
    public Func<string, IReadOnlyList<string>>? RecordFilesOf { get; init; }

    /// <summary>Whether the sink of daily summaries compares a day with the stored one, see <see cref="TargetOptions.OnFewer"/>.</summary>
    public bool ComparesDays { get; init; }

    /// <summary>Creates a sink of dictionary entries.</summary>
    public Func<Target, TargetOptions, IEntrySink>? Entries { get; init; }

    /// <summary>Creates a store of dictionary entries that can be reprocessed.</summary>
    public Func<Target, TargetOptions, IEntryStore>? Reprocess { get; init; }

    /// <summary>Creates an API that receives summaries.</summary>
    public Func<Target, TargetOptions, DeliveryApi>? Api { get; init; }

    /// <summary>Creates what removes users from the target.</summary>
    public Func<Target, TargetOptions, IUserErasure>? Erasure { get; init; }

    /// <summary>Creates a reader of the stored summaries.</summary>
    public Func<Target, TargetOptions, ISummaryReader>? Reader { get; init; }

    /// <summary>Returns a command line that runs an SQL query on the stored data; null when no such program exists.</summary>
    public Func<Target, string, string>? Query { get; init; }

    /// <summary>Returns remarks on the name of a target, one line each, such as an option that is ignored; null for none.</summary>
    public Func<Target, IReadOnlyList<string>>? Notes { get; init; }

    /// <summary>Creates an outbox of the stored summaries, with or without their vectors.</summary>
    internal Func<Target, TargetOptions, SentVectors?, IOutbox>? Outbox { get; init; }

    /// <summary>Returns the stored summaries as a source that takes their vectors.</summary>
    public Func<Target, TargetOptions, VectorSource>? Vectors { get; init; }

    /// <summary>Whether targets of this kind have a capability.</summary>
    public bool Has(TargetCapability capability) => capability switch
    {
        TargetCapability.Summaries => Summaries is not null,
        TargetCapability.Records => Records,
        TargetCapability.Entries => Entries is not null,
        TargetCapability.Reprocess => Reprocess is not null,
        TargetCapability.Outbox => Outbox is not null,
        TargetCapability.Api => Api is not null,
        TargetCapability.Erasure => Erasure is not null,
        TargetCapability.Reader => Reader is not null,
        TargetCapability.Vectors => Vectors is not null,
        _ => false,
    };
}
