using FastIngest.Delivery;

namespace FastIngest.Embedding;

/// <summary>
/// Turns stored summaries into vectors, and stores those beside them. It is a delivery to the embedding server whose mark is
/// the vector: a summary is sent if no vector of its current text is stored. If the process is killed, the next run embeds
/// again what was not stored; a vector is stored once for each user, day and model.
/// </summary>
public static class SummaryEmbedding
{
    /// <summary>Embeds all summaries that have no vector of their current text.</summary>
    /// <param name="server">The embedding server.</param>
    /// <param name="database">The database with the summaries.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the progress; null for none.</param>
    /// <param name="cancellationToken">Stops the run: running requests get one second, and vectors that arrived are stored.</param>
    /// <exception cref="IngestException">The database cannot be used, or it holds vectors of another model under the same name.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. Vectors that arrived are stored.</exception>
    public static async Task<EmbeddingReport> RunAsync(
        EmbeddingServer server, VectorSource database, EmbeddingOptions options, IDeliveryProgress? progress, CancellationToken cancellationToken)
    {
        using IEmbeddingApi api = server.Connect(options);
        EmbeddingModel? model = await api.ProbeAsync(options.Delivery.WaitForApi, cancellationToken).ConfigureAwait(false);
        IOutbox outbox = database.CreateOutbox(model, options.ReplacesModel);
        await using (outbox.ConfigureAwait(false))
        {
            using DeliveryRun run = new(outbox, api, options.Delivery, progress);
            DeliveryReport report = await run.RunAsync(cancellationToken).ConfigureAwait(false);
            return new EmbeddingReport(model, report) { Index = await outbox.PrepareSearchAsync(cancellationToken).ConfigureAwait(false) };
        }
    }
}
