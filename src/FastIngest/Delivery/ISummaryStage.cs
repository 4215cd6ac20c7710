namespace FastIngest.Delivery;

/// <summary>
/// A processing step between a stored summary and its delivery, such as an embedding. A stage reads the text of a summary
/// and may attach data for the sender (<see cref="PendingSummary.Vector"/>). It receives only pending summaries.
/// </summary>
internal interface ISummaryStage
{
    /// <summary>The name in messages, such as <c>embedding</c>.</summary>
    string Name { get; }

    /// <summary>The maximum, and the preferred, number of summaries in one batch.</summary>
    int BatchSize { get; }

    /// <summary>The number of batches that the stage processes concurrently.</summary>
    int Concurrency { get; }

    /// <summary>
    /// Processes a batch. Summaries that stay <see cref="DeliveryState.Pending"/> continue to the next step. If the stage sets
    /// another state, for example with <see cref="PendingSummary.FailStage"/>, the summary is marked and not sent. An exception
    /// other than a cancellation fails all pending summaries of the batch; other batches are not affected.
    /// </summary>
    /// <param name="batch">From 1 to <see cref="BatchSize"/> summaries. Nothing else accesses them during the call.</param>
    /// <param name="cancellationToken">Cancelled when the run stops; unsent summaries are left for the next run.</param>
    ValueTask ProcessAsync(ReadOnlyMemory<PendingSummary> batch, CancellationToken cancellationToken);
}
