using FastIngest.Delivery;
using FastIngest.Sinks.Entries;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Targets;

/// <summary>
/// A kind of target: how its name begins and what it can do. A capability is a function that creates what does the work;
/// a kind without the function lacks the capability. The functions open nothing, and throw an
/// <see cref="IngestException"/> when the target's name makes no sense.
/// </summary>
public sealed record TargetKind
{
    /// <summary>What the name of such a target begins with, in any case, such as <c>sqlite:</c> or <c>http://</c>.</summary>
    public required IReadOnlyList<string> Prefixes { get; init; }

    /// <summary>What shells complete instead of <see cref="Prefixes"/>; null where those are what people write.</summary>
    public IReadOnlyList<string>? CompletedPrefixes { get; init; }

    /// <summary>The forms of the name in help texts and messages, such as <c>sqlite:FILE</c>.</summary>
    public required IReadOnlyList<string> Forms { get; init; }

    /// <summary>Whether a path of a file follows the prefix. The name then holds no secret.</summary>
    public bool IsFile { get; init; }

    /// <summary>Endings of file names that suggest this kind, such as <c>.db</c>.</summary>
    public IReadOnlyList<string> FileEndings { get; init; } = [];

    /// <summary>Whether <c>-</c> in the place of a file is the standard output.</summary>
    public bool HasStandardOutput { get; init; }

    /// <summary>Creates a sink of daily summaries.</summary>
    public Func<Target, TargetOptions, ISummarySink>? Summaries { get; init; }

    /// <summary>Whether the sink of daily summaries takes the records, too, when <see cref="TargetOptions.TakesRecords"/> asks for it.</summary>
    public bool Records { get; init; }

    /// <summary>Creates a sink of dictionary entries.</summary>
    public Func<Target, TargetOptions, IEntrySink>? Entries { get; init; }

    /// <summary>Creates a store of dictionary entries that can be reprocessed.</summary>
    public Func<Target, TargetOptions, IEntryStore>? Reprocess { get; init; }

    /// <summary>Creates an API that summaries are delivered to.</summary>
    public Func<Target, DeliveryApi>? Api { get; init; }

    /// <summary>Returns a command line that runs a query of SQL over what is stored; null where there is no such program.</summary>
    public Func<Target, string, string>? Query { get; init; }

    /// <summary>Creates an outbox of the stored summaries.</summary>
    internal Func<Target, TargetOptions, IOutbox>? Outbox { get; init; }

    /// <summary>Whether such a target can be used for something.</summary>
    public bool Has(TargetCapability capability) => capability switch
    {
        TargetCapability.Summaries => Summaries is not null,
        TargetCapability.Records => Records,
        TargetCapability.Entries => Entries is not null,
        TargetCapability.Reprocess => Reprocess is not null,
        TargetCapability.Outbox => Outbox is not null,
        TargetCapability.Api => Api is not null,
        _ => false,
    };
}
