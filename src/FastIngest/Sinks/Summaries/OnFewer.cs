namespace FastIngest.Sinks.Summaries;

/// <summary>What happens to a stored day for which a run has fewer readings of a category than are stored.</summary>
public enum OnFewer
{
    /// <summary>The readings of the run replace the stored ones, as always; the day is counted.</summary>
    Replace,

    /// <summary>The stored columns and sentences of the category stay.</summary>
    Keep,

    /// <summary>The run fails, and nothing is written.</summary>
    Fail,
}
