namespace FastIngest.Targets;

/// <summary>What a target can be used for.</summary>
public enum TargetCapability
{
    /// <summary>It stores daily summaries.</summary>
    Summaries,

    /// <summary>It stores the accepted health records themselves, beside the summaries.</summary>
    Records,

    /// <summary>It stores dictionary entries.</summary>
    Entries,

    /// <summary>Its dictionary entries can be read, validated and brought to the rules of today.</summary>
    Reprocess,

    /// <summary>Its summaries can be delivered to an API.</summary>
    Outbox,

    /// <summary>It is an API that summaries are delivered to.</summary>
    Api,
}
