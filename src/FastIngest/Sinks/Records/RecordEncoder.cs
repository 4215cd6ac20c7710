using FastIngest.Json;

namespace FastIngest.Sinks.Records;

/// <summary>Encodes accepted records in the format of a sink. An encoder serves one worker and one category.</summary>
internal abstract class RecordEncoder
{
    /// <summary>Begins with another batch, or with the same one after it was cleared.</summary>
    /// <param name="batch">A batch of the encoder's format.</param>
    public abstract void Begin(RecordBatch batch);

    /// <summary>Adds a record to the batch, right after the mapper accepted it.</summary>
    /// <param name="record">The bytes that the fields refer to.</param>
    /// <param name="fields">The fields of the record.</param>
    public abstract void Write(ReadOnlySpan<byte> record, RecordFields fields);
}
