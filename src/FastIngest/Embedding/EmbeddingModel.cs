namespace FastIngest.Embedding;

/// <summary>A model that turns texts into vectors, as a server describes it.</summary>
/// <param name="Name">The name under which vectors are stored: the one that the user gave, else that of the server.</param>
/// <param name="Served">The name in the responses of the server; empty if it sends none.</param>
/// <param name="Dimensions">The count of numbers of a vector.</param>
public sealed record EmbeddingModel(string Name, string Served, int Dimensions)
{
    /// <summary>The largest count of numbers of a vector.</summary>
    public const int MaxDimensions = 16_384;

    /// <summary>Whether the vectors of another model can be compared with those of this one.</summary>
    public bool IsSameAs(EmbeddingModel other) => Served == other.Served && Dimensions == other.Dimensions;

    /// <summary>The error for a database that holds vectors of another model under the same name.</summary>
    /// <param name="database">The database as shown to the user.</param>
    /// <param name="stored">The model of the stored vectors.</param>
    internal IngestException Differs(string database, EmbeddingModel stored) => new(
        $"{database} holds vectors of {stored.Describe()} under the name {Name}, but the server now has {Describe()}; vectors of different models are never mixed.",
        "Name the new model with --model, replace all vectors of this name with --replace-model, or start the server with the old model.");

    private string Describe() => $"{(Served.Length > 0 ? Served : "a model without a name")} with {Dimensions} numbers";
}
