using FastIngest.Storage.Postgres.Records;

namespace FastIngest.Sinks.Records;

/// <summary>
/// A sink that also takes the accepted records themselves, encoded by the map. They come between
/// the sink's opening and the first summaries, and become visible with these.
/// </summary>
internal interface IRecordSink
{
    /// <summary>Whether it was asked to.</summary>
    bool TakesRecords { get; }

    /// <summary>Takes the records of a chunk; the chunk belongs to the caller again when the task ends.</summary>
    ValueTask WriteRecordsAsync(RecordChunk chunk, CancellationToken cancellationToken);
}
