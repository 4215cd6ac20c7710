using FastIngest.Health;

namespace FastIngest.Sinks.Records;

/// <summary>The accepted records of one chunk of a file in the format of a sink. Batches are reused.</summary>
internal abstract class RecordBatch
{
    /// <summary>The format that the batch was made by.</summary>
    public abstract IRecordFormat Format { get; }

    /// <summary>What the records are of.</summary>
    public Category Category { get; set; }

    /// <summary>How many records there are.</summary>
    public long Rows { get; set; }

    /// <summary>Removes all records.</summary>
    public virtual void Clear() => Rows = 0;
}
