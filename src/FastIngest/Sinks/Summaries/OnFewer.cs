namespace FastIngest.Sinks.Summaries;

/// <summary>What happens to a stored day for which a run has fewer readings of a category than are stored.</summary>
public enum OnFewer
{
    /// <summary>The readings of the run replace the stored ones, as always; the day is counted.</summary>
    Replace,

    /// <summary>The stored columns and sentences of the category stay.</summary>
    Keep,

    /// <summary>
    /// The day is made from the multiset union of the stored records and those of the run. Only for a target that stores the records;
    /// the rule holds for every stored day of which the run has records.
    /// </summary>
    Union,

    /// <summary>The run fails, and nothing is written.</summary>
    Fail,
}
