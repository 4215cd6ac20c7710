namespace FastIngest.Delivery;

/// <summary>
/// Delivers stored summaries to an API, each at least once. If the process is killed, the next delivery resends the
/// summaries that the API received but that were not marked, under the same key.
/// </summary>
public static class SummaryDelivery
{
    /// <summary>Sends all summaries that the API does not have in their current form.</summary>
    /// <param name="target">The API.</param>
    /// <param name="options">The source and the settings.</param>
    /// <param name="progress">Receives the progress; null for none.</param>
    /// <param name="cancellationToken">Stops the delivery: running requests get one second, and delivered summaries are marked.</param>
    /// <exception cref="IngestException">The database cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. Delivered summaries are marked.</exception>
    public static async Task<DeliveryReport> RunAsync(DeliveryApi target, DeliveryOptions options, IDeliveryProgress? progress, CancellationToken cancellationToken)
    {
        options = options with { Vectors = target.TakesVectors && options.Vectors is { } vectors ? vectors with { IsOfAll = options.Selection is null } : null };
        using ISummaryApi api = target.Connect(options);
        IOutbox outbox = options.From.CreateOutbox(options.Vectors);
        await using (outbox.ConfigureAwait(false))
        {
            using DeliveryRun run = new(outbox, api, options, progress);
            return await run.RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
