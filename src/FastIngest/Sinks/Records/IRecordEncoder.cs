using FastIngest.Health;

namespace FastIngest.Sinks.Records;

/// <summary>Turns accepted records into the form of a sink of records; one serves one map worker and category.</summary>
internal interface IRecordEncoder
{
    /// <summary>Adds a record that was accepted.</summary>
    void Write(scoped in RecordView record);
}
