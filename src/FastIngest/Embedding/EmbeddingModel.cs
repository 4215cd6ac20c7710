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

    /// <summary>Chooses among the models of a database.</summary>
    /// <param name="models">The models of the stored vectors.</param>
    /// <param name="wanted">The name of the model; null for the only one.</param>
    /// <param name="database">The database as shown to the user.</param>
    /// <exception cref="IngestException">The database has no vectors of that model, or those of several models and no name was given.</exception>
    internal static EmbeddingModel Choose(IReadOnlyList<EmbeddingModel> models, string? wanted, string database)
    {
        const string Remedy = "Make them with health_ingestion embed --api URL.";
        if (models.Count == 0)
        {
            throw new IngestException($"{database} holds no vectors of its summaries.", Remedy);
        }

        string names = string.Join(", ", models.Select(m => m.Name));
        if (wanted is not null)
        {
            return models.FirstOrDefault(m => m.Name == wanted)
                ?? throw new IngestException($"{database} holds no vectors of the model {wanted}, but of {names}.", Remedy);
        }

        return models.Count == 1 ? models[0] : throw new IngestException($"{database} holds vectors of several models: {names}.", "Name one of them with --model.");
    }

    /// <summary>The error for an API that has vectors of another model, of which some would stay.</summary>
    /// <param name="api">The API as shown to the user.</param>
    /// <param name="earlier">What <see cref="Describe"/> says of the other model.</param>
    /// <param name="days">The days that the API has with a vector of the other model, and for which no vector of this model is stored.</param>
    internal IngestException WouldMix(string api, string earlier, long days) => new(
        $"{api} has vectors of {earlier}, and {(days == 1 ? "1 of its days has" : $"{days} of its days have")} no vector of {Describe()}; vectors of different models are never mixed, and nothing was sent.",
        "Run health_ingestion embed first, name the earlier model with --model, or name another class.");

    /// <summary>The error for an API that has vectors of another model, of which only those of some users or days would be replaced.</summary>
    /// <param name="api">The API as shown to the user.</param>
    /// <param name="earlier">What <see cref="Describe"/> says of the other model.</param>
    internal IngestException NeedsAll(string api, string earlier) => new(
        $"{api} has vectors of {earlier}, and only those of the selection would be replaced by those of {Describe()}; vectors of different models are never mixed, and nothing was sent.",
        "Leave out --user, --since and --until, or name another class.");

    /// <summary>The model as messages and the table <c>deliveries</c> name it, whatever the user calls it.</summary>
    internal string Describe() => $"{(Served.Length > 0 ? Served : "a model without a name")} with {Dimensions} numbers";
}
