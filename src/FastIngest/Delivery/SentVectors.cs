namespace FastIngest.Delivery;

/// <summary>Says that stored vectors go to an API together with their summaries.</summary>
/// <param name="Model">The name of the model whose vectors are sent; null for the only one that the database has.</param>
public sealed record SentVectors(string? Model)
{
    /// <summary>Whether all users and days are delivered. Only then the vectors of another model that the API has can be replaced.</summary>
    internal bool IsOfAll { get; init; } = true;
}

/// <summary>The vectors of one delivery.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Dimensions">The count of numbers of a vector.</param>
/// <param name="Missing">Summaries of the selection that were not sent, because no vector of their current text is stored.</param>
/// <param name="FirstMissing">The user and the day of the first of them; null without any.</param>
public sealed record VectorFigures(string Model, int Dimensions, long Missing, string? FirstMissing);
