using FastIngest.Health;

namespace FastIngest.Embedding;

/// <summary>
/// Searches the stored vectors of summaries. It writes nothing to the database. Calls never overlap. Faults that the user can fix
/// are <see cref="IngestException"/>s.
/// </summary>
internal interface IVectorStore : IAsyncDisposable
{
    /// <summary>The database as shown to the user, without any secret.</summary>
    string DisplayName { get; }

    /// <summary>Opens the database.</summary>
    /// <exception cref="IngestException">The database cannot be read, or it has no tables of daily summaries.</exception>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Reads the models of the stored vectors, ordered by name.</summary>
    ValueTask<IReadOnlyList<EmbeddingModel>> ReadModelsAsync(CancellationToken cancellationToken);

    /// <summary>Compares a vector with those of a model, but only with those that were made from the current text of their summary.</summary>
    /// <param name="model">The model of the vectors.</param>
    /// <param name="query">The vector; it is not zero.</param>
    /// <param name="selection">The users and days that are compared; null for all.</param>
    /// <param name="nearest">Receives the nearest days.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The number of vectors of current summaries, and whether a copy of them was made.</returns>
    ValueTask<(long Vectors, bool IsBuilt)> FindAsync(
        EmbeddingModel model, ReadOnlyMemory<float> query, RecordSelection? selection, NearestDays nearest, CancellationToken cancellationToken);

    /// <summary>Checks that the vectors of a model have an index, as <see cref="FindNearAsync"/> needs it.</summary>
    /// <exception cref="IngestException">They have none.</exception>
    ValueTask RequireIndexAsync(EmbeddingModel model, CancellationToken cancellationToken);

    /// <summary>Does the same as <see cref="FindAsync"/> with the index of the vectors, which may miss some of the nearest days. The scores are exact.</summary>
    /// <returns>The number of vectors that the index found.</returns>
    ValueTask<long> FindNearAsync(EmbeddingModel model, ReadOnlyMemory<float> query, RecordSelection? selection, NearestDays nearest, CancellationToken cancellationToken);

    /// <summary>Reads the text of a summary; null when it is stored no more.</summary>
    ValueTask<string?> ReadTextAsync(string userId, DateOnly day, CancellationToken cancellationToken);
}
