using FastIngest.Health;

namespace FastIngest.Sinks.Records;

/// <summary>Encodes accepted records in the format of a sink. An encoder serves one worker and one category.</summary>
internal abstract class RecordEncoder
{
    /// <summary>Begins with another batch, or with the same one after it was cleared.</summary>
    /// <param name="batch">A batch of the encoder's format.</param>
    public abstract void Begin(RecordBatch batch);

    /// <summary>Adds a record that was accepted to the batch.</summary>
    public abstract void Write(scoped in RecordView record);
}
