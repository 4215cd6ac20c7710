using FastIngest.Health;

namespace FastIngest.Sinks.Records;

/// <summary>Encodes accepted records in the format of a sink. An encoder serves one worker and one category.</summary>
internal abstract class RecordEncoder
{
    /// <summary>Begins with another batch, or once more with the same batch after it was cleared.</summary>
    /// <param name="batch">A batch of the encoder's format.</param>
    public abstract void Begin(RecordBatch batch);

    /// <summary>Appends an accepted record to the batch.</summary>
    public abstract void Write(scoped in RecordView record);

    /// <summary>Ends the batch: all records of the chunk are written.</summary>
    public virtual void End()
    {
    }
}
