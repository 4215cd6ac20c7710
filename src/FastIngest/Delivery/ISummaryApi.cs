namespace FastIngest.Delivery;

/// <summary>The client of an API that receives summaries.</summary>
internal interface ISummaryApi : IDisposable
{
    /// <summary>The API as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>The name under which outcomes are recorded.</summary>
    string RecordName => DisplayName;

    /// <summary>The maximum number of summaries in one batch of a sender.</summary>
    int BatchSize { get; }

    /// <summary>Waits until the API is ready, and creates the objects there that deliveries need.</summary>
    /// <returns>Why nothing can be delivered; null when the API is ready.</returns>
    ValueTask<string?> PrepareAsync(TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>Creates a sender for one worker.</summary>
    ISummarySender CreateSender();
}

/// <summary>Sends batches, one at a time.</summary>
internal interface ISummarySender : IDisposable
{
    /// <summary>Sends a batch and sets the <see cref="PendingSummary.State"/> of each of its summaries.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped. The delivery of summaries without a state is not confirmed.</exception>
    ValueTask SendAsync(ReadOnlyMemory<PendingSummary> batch, StopTokens stop);
}

/// <param name="Soft">When cancelled, no new request and no further pause begins.</param>
/// <param name="Hard">When cancelled, a little later, running requests are aborted.</param>
internal readonly record struct StopTokens(CancellationToken Soft, CancellationToken Hard);
