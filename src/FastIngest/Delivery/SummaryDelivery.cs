using FastIngest.Storage.Http;
using FastIngest.Storage.Postgres.Outbox;
using FastIngest.Storage.Sqlite.Outbox;
using FastIngest.Storage.Weaviate;

namespace FastIngest.Delivery;

/// <summary>
/// Delivers stored summaries to an API: each at least once, and marked once. Killed at any moment, what the API has and
/// is not marked is sent again by the next delivery, under the same key.
/// </summary>
public static class SummaryDelivery
{
    private static readonly string[] PostgresPrefixes = ["postgres:", "postgresql:"];
    private const string SqlitePrefix = "sqlite:";

    /// <summary>Whether summaries can be delivered from a target.</summary>
    public static bool IsDatabase(string target) => PostgresPrefixes.Append(SqlitePrefix).Any(p => target.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    /// <summary>Sends everything that the API does not have.</summary>
    /// <param name="target">The API.</param>
    /// <param name="options">From where, and how.</param>
    /// <param name="progress">Hears how it goes on.</param>
    /// <param name="cancellationToken">Stops it: what is under way gets a second, and what was delivered is marked.</param>
    /// <exception cref="IngestException">The database cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what was delivered is marked.</exception>
    public static async Task<DeliveryReport> RunAsync(ApiTarget target, DeliveryOptions options, IDeliveryProgress? progress, CancellationToken cancellationToken) =>
        await RunAsync(target, options, HttpTuning.Default, progress, cancellationToken).ConfigureAwait(false);

    internal static async Task<DeliveryReport> RunAsync(
        ApiTarget target, DeliveryOptions options, HttpTuning tuning, IDeliveryProgress? progress, CancellationToken cancellationToken)
    {
        using ISummaryApi api = target.Kind == ApiKind.Weaviate
            ? new WeaviateApi(target, options.Concurrency, tuning)
            : new IngestApi(target, options.Concurrency, tuning);
        IOutbox outbox = Open(options);
        await using (outbox.ConfigureAwait(false))
        {
            using DeliveryRun run = new(outbox, api, options, progress);
            return await run.RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static IOutbox Open(DeliveryOptions options)
    {
        if (options.From.StartsWith(SqlitePrefix, StringComparison.OrdinalIgnoreCase) && options.From.Length > SqlitePrefix.Length)
        {
            return new SqliteOutbox(options.From[SqlitePrefix.Length..]);
        }

        return IsDatabase(options.From)
            ? new PostgresOutbox(options.From, options.Schema)
            : throw new IngestException("Summaries can be delivered from a database only.", "Name it as sqlite:FILE or postgres://USER@HOST/DATABASE.");
    }
}
