namespace FastIngest.Sinks.Records;

/// <summary>
/// A sink that also stores the accepted records themselves. The map workers encode the records in the format of the sink.
/// The sink receives records after it is opened and before the first summaries; they become visible together.
/// </summary>
internal interface IRecordSink
{
    /// <summary>The format in which the sink receives records; null when the user did not ask it to store records.</summary>
    IRecordFormat? RecordFormat { get; }

    /// <summary>Receives the records of one chunk. The caller may reuse the batch when the task has completed.</summary>
    /// <param name="batch">A batch of <see cref="RecordFormat"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WriteRecordsAsync(RecordBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the stored records of the run's users and days into the run, as many of each as the run has fewer of; then the run holds
    /// the multiset union of both. Called once, after the last <see cref="WriteRecordsAsync"/> and before the first summaries.
    /// By default nothing is taken.
    /// </summary>
    /// <param name="receive">Receives each record that was taken into the run, by category, user and day.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask TakeStoredAsync(StoredRecordReceiver receive, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
