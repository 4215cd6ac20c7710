namespace FastIngest.Targets;

/// <summary>The uses of a target.</summary>
public enum TargetCapability
{
    /// <summary>The target stores daily summaries.</summary>
    Summaries,

    /// <summary>The target also stores the accepted health records themselves.</summary>
    Records,

    /// <summary>The target stores dictionary entries.</summary>
    Entries,

    /// <summary>The dictionary entries of the target can be read, validated and updated to the current rules.</summary>
    Reprocess,

    /// <summary>The summaries of the target can be delivered to an API.</summary>
    Outbox,

    /// <summary>The target is an API that receives summaries.</summary>
    Api,

    /// <summary>Users can be removed from the target.</summary>
    Erasure,

    /// <summary>The summaries of the target can be read.</summary>
    Reader,
}
