using FastIngest.Lexicon;

namespace FastIngest.Targets;

/// <summary>What a target needs to know besides its name; each kind of target uses the part that concerns it.</summary>
public sealed record TargetOptions
{
    /// <summary>Opens the stream for targets such as <c>ndjson:-</c>; called when the sink is opened.</summary>
    public Func<Stream> OpenStandardOutput { get; init; } = static () => throw new InvalidOperationException("There is no standard output.");

    /// <summary>The schema that holds the tables, in databases that have schemas; null for the default.</summary>
    public string? Schema { get; init; }

    /// <summary>Whether the accepted health records are stored as well, where the target can.</summary>
    public bool TakesRecords { get; init; }

    /// <summary>Dictionary records that are sent before they are merged into the tables.</summary>
    public int MergeRows { get; init; } = 10_000;

    /// <summary>Which dictionary entries are written when stored ones are reprocessed.</summary>
    public EntryPolicy Policy { get; init; } = new();
}
