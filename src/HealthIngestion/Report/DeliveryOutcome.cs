using FastIngest;
using FastIngest.Delivery;

namespace HealthIngestion.Report;

/// <summary>The outcome of the delivery to one API, or of the vectors of one server.</summary>
/// <param name="Target">The API or the server, without any secret.</param>
/// <param name="Report">What was delivered; null when the database failed.</param>
/// <param name="Fault">Why the database failed; null when it did not.</param>
/// <param name="Terms">The words for what was done.</param>
internal sealed record DeliveryOutcome(string Target, DeliveryReport? Report, IngestException? Fault, DeliveryTerms Terms)
{
    /// <summary>The model and the length of its vectors; null without any.</summary>
    public FastIngest.Embedding.EmbeddingModel? Model { get; init; }

    /// <summary>A sentence about the index of the vectors; null without one.</summary>
    public string? Index { get; init; }
}
