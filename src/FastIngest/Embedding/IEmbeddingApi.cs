using FastIngest.Delivery;

namespace FastIngest.Embedding;

/// <summary>The client of a server that turns texts into vectors. What it delivers is the vector of each summary.</summary>
internal interface IEmbeddingApi : ISummaryApi
{
    /// <summary>Embeds a text that is always the same, to learn which model the server has. Later responses must be of this model.</summary>
    /// <param name="patience">How long to wait for a server that is not ready yet.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The model; null when the server gave no vector, and then <see cref="ISummaryApi.PrepareAsync"/> returns the reason.</returns>
    ValueTask<EmbeddingModel?> ProbeAsync(TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>Embeds one text, such as a query.</summary>
    /// <exception cref="IngestException">The server gave no vector.</exception>
    ValueTask<(EmbeddingModel Model, ReadOnlyMemory<float> Vector)> EmbedAsync(string text, CancellationToken cancellationToken);
}
