using FastIngest.Lexicon;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Targets;

/// <summary>The settings of a target besides its name. Each kind of target uses only the settings that apply to it.</summary>
public sealed record TargetOptions
{
    /// <summary>Opens the output stream of targets such as <c>ndjson:-</c>; called when the sink is opened.</summary>
    public Func<Stream> OpenStandardOutput { get; init; } = static () => throw new InvalidOperationException("There is no standard output.");

    /// <summary>The folder for temporary files.</summary>
    public string TempDirectory { get; init; } = Path.GetTempPath();

    /// <summary>The schema of the tables, in databases that have schemas; null for the default.</summary>
    public string? Schema { get; init; }

    /// <summary>Whether a reader opens the target so that nothing can write to it.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether the run delivers to no other API, so that a token without a host is meant for this one.</summary>
    public bool IsOnlyApi { get; init; } = true;

    /// <summary>The URL by which an API removes a user, with <c>{user_id}</c>; null for none.</summary>
    public string? DeleteUrl { get; init; }

    /// <summary>Whether the target also stores the accepted health records, if it has the capability.</summary>
    public bool TakesRecords { get; init; }

    /// <summary>What happens to stored days that a run would make poorer, if the target can compare them.</summary>
    public OnFewer OnFewer { get; init; }

    /// <summary>The number of dictionary records sent before they are merged into the tables.</summary>
    public int MergeRows { get; init; } = 10_000;

    /// <summary>Selects the dictionary entries that a reprocess writes.</summary>
    public EntryPolicy Policy { get; init; } = new();
}
