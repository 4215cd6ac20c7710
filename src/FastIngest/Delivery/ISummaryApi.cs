namespace FastIngest.Delivery;

/// <summary>Where summaries are delivered to.</summary>
internal interface ISummaryApi : IDisposable
{
    /// <summary>The API as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>The most summaries that a sender takes at once.</summary>
    int BatchSize { get; }

    /// <summary>Waits until the API is ready, and makes there what it needs.</summary>
    /// <returns>Why nothing can be delivered; null when all is well.</returns>
    ValueTask<string?> PrepareAsync(TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>Makes a sender for one worker.</summary>
    ISummarySender CreateSender();
}

/// <summary>Sends batches, one at a time.</summary>
internal interface ISummarySender : IDisposable
{
    /// <summary>Gives every summary of the batch its <see cref="PendingSummary.State"/>.</summary>
    /// <exception cref="OperationCanceledException">The run stops; what has no state then was not delivered, as far as is known.</exception>
    ValueTask SendAsync(ReadOnlyMemory<PendingSummary> batch, StopTokens stop);
}

/// <param name="Soft">No new request, no further pause.</param>
/// <param name="Hard">A little later: requests under way are given up.</param>
internal readonly record struct StopTokens(CancellationToken Soft, CancellationToken Hard);
