using FastIngest.Health;

namespace FastIngest.Embedding;

/// <summary>What a search looks for. Either a text and a server are given, or a vector.</summary>
public sealed record SearchOptions
{
    /// <summary>The text whose meaning is searched for.</summary>
    public string Text { get; init; } = "";

    /// <summary>The server that turns the text into a vector; null when <see cref="Vector"/> is given.</summary>
    public EmbeddingServer? Server { get; init; }

    /// <summary>The settings of the request to the server.</summary>
    public EmbeddingOptions? Embedding { get; init; }

    /// <summary>The vector to compare with; empty for that of the text.</summary>
    public ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>The model whose vectors are searched; null for the only one that the database has.</summary>
    public string? Model { get; init; }

    /// <summary>The users and days that are searched; null for all.</summary>
    public RecordSelection? Selection { get; init; }

    /// <summary>Whether the index of the database is used, which is faster and may miss some of the nearest days.</summary>
    public bool IsApproximate { get; init; }

    /// <summary>The maximum number of results.</summary>
    public int Limit { get; init; } = 10;
}

/// <summary>The result of a search.</summary>
/// <param name="Model">The model of the vectors.</param>
/// <param name="Vectors">The number of vectors of current summaries, or of those that the index found.</param>
/// <param name="IsBuilt">Whether the copy of the vectors beside the database was made anew.</param>
/// <param name="Matches">The days, best first.</param>
public sealed record SearchReport(EmbeddingModel Model, long Vectors, bool IsBuilt, IReadOnlyList<DayMatch> Matches);
