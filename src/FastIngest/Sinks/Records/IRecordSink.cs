namespace FastIngest.Sinks.Records;

/// <summary>
/// A sink that also takes the accepted records themselves. The map's workers encode them in the sink's own format. They come
/// between the sink's opening and the first summaries, and become visible with these.
/// </summary>
internal interface IRecordSink
{
    /// <summary>The format that the records must come in; null when the sink was not asked to take any.</summary>
    IRecordFormat? RecordFormat { get; }

    /// <summary>Takes the records of a chunk; the batch belongs to the caller again when the task ends.</summary>
    /// <param name="batch">A batch of <see cref="RecordFormat"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WriteRecordsAsync(RecordBatch batch, CancellationToken cancellationToken);
}
