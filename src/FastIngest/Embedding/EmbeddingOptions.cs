using FastIngest.Delivery;

namespace FastIngest.Embedding;

/// <summary>The settings of requests to an embedding server.</summary>
public sealed record EmbeddingOptions
{
    /// <summary>The model that requests name, and the name under which its vectors are stored; null for the model of the server.</summary>
    public string? Model { get; init; }

    /// <summary>The count of numbers of a vector that requests ask for; null for that of the model.</summary>
    public int? Dimensions { get; init; }

    /// <summary>The maximum number of texts in a request.</summary>
    public int BatchTexts { get; init; } = 32;

    /// <summary>The maximum number of estimated tokens in a request. A longer text is in a request of its own.</summary>
    public int BatchTokens { get; init; } = 8192;

    /// <summary>Whether stored vectors of another model with the same name are replaced.</summary>
    public bool ReplacesModel { get; init; }

    /// <summary>The limits on requests, and what is embedded.</summary>
    public required DeliveryOptions Delivery { get; init; }
}

/// <summary>The result of embedding the summaries of a database.</summary>
/// <param name="Model">The model; null when the server did not answer.</param>
/// <param name="Delivery">What was embedded (delivered), what was rejected and what is left.</param>
public sealed record EmbeddingReport(EmbeddingModel? Model, DeliveryReport Delivery)
{
    /// <summary>A sentence about the index of the vectors; null where the database has no indexes of vectors.</summary>
    public string? Index { get; init; }
}
