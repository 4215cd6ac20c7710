namespace FastIngest.Delivery;

/// <summary>
/// A step between a stored summary and its delivery, such as computing its vector: it reads a summary's text and may
/// attach to it what the sender uses (<see cref="PendingSummary.Vector"/>). Only summaries that are to be sent pass by.
/// </summary>
internal interface ISummaryStage
{
    /// <summary>For messages, such as <c>embedding</c>.</summary>
    string Name { get; }

    /// <summary>The most summaries that the stage takes at once, and what it works best with.</summary>
    int BatchSize { get; }

    /// <summary>Batches that it processes at once.</summary>
    int Concurrency { get; }

    /// <summary>
    /// Processes a batch. A summary that it leaves <see cref="DeliveryState.Pending"/> goes on; one that it gives another
    /// state, as by <see cref="PendingSummary.FailStage"/>, is marked and not sent. Any exception but a cancellation fails all
    /// of the batch that are still pending, and other batches go on.
    /// </summary>
    /// <param name="batch">From 1 to <see cref="BatchSize"/> summaries, which nobody else touches meanwhile.</param>
    /// <param name="cancellationToken">The run stops; what was not sent is left for the next run.</param>
    ValueTask ProcessAsync(ReadOnlyMemory<PendingSummary> batch, CancellationToken cancellationToken);
}
