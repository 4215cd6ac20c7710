namespace FastIngest.Delivery;

/// <summary>
/// Delivers stored summaries to an API: each at least once, and marked once. Killed at any moment, what the API has and
/// is not marked is sent again by the next delivery, under the same key.
/// </summary>
public static class SummaryDelivery
{
    /// <summary>Sends everything that the API does not have.</summary>
    /// <param name="target">The API.</param>
    /// <param name="options">From where, and how.</param>
    /// <param name="progress">Hears how it goes on.</param>
    /// <param name="cancellationToken">Stops it: what is under way gets a second, and what was delivered is marked.</param>
    /// <exception cref="IngestException">The database cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what was delivered is marked.</exception>
    public static async Task<DeliveryReport> RunAsync(DeliveryApi target, DeliveryOptions options, IDeliveryProgress? progress, CancellationToken cancellationToken)
    {
        using ISummaryApi api = target.Connect(options.Concurrency);
        IOutbox outbox = options.From.CreateOutbox();
        await using (outbox.ConfigureAwait(false))
        {
            using DeliveryRun run = new(outbox, api, options, progress);
            return await run.RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
