using System.Text;
using FastIngest.Embedding;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Storage.Files;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Outbox;
using FastIngest.Storage.Sqlite.Summaries;

namespace FastIngest.Storage.Sqlite.Vectors;

/// <summary>The vectors of a SQLite file, which may be read-only.</summary>
/// <param name="path">The database file.</param>
internal sealed class SqliteVectorStore(string path) : IVectorStore
{
    private readonly SqliteSummaryReader _reader = new(path);

    public string DisplayName => _reader.DisplayName;

    public ValueTask OpenAsync(CancellationToken cancellationToken) => _reader.OpenAsync(cancellationToken);

    public ValueTask<IReadOnlyList<EmbeddingModel>> ReadModelsAsync(CancellationToken cancellationToken) => ValueTask.FromResult(SqliteModels.ReadAll(_reader.Database));

    /// <summary>Searches the copy of the vectors beside the file, which is made anew if the file has changed. Where no copy can be written, it reads the file.</summary>
    public async ValueTask<(long Vectors, bool IsBuilt)> FindAsync(
        EmbeddingModel model, ReadOnlyMemory<float> query, RecordSelection? selection, NearestDays nearest, CancellationToken cancellationToken)
    {
        string file = PartialFile.Resolve(path);
        Guid state = await SqliteFileState.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        string copy = VectorFile.PathOf(file, model);
        using VectorFile? kept = VectorFile.TryOpen(copy, state, model);
        if (kept is not null)
        {
            VectorScan.Find(kept, query, selection, nearest, cancellationToken);
            return (kept.Rows, false);
        }

        using (SqliteVectorPages pages = new(_reader.Database, path, model))
        {
            if (await VectorFileWriter.TryWriteAsync(copy, state, model, pages, cancellationToken).ConfigureAwait(false) && VectorFile.TryOpen(copy, state, model) is { } made)
            {
                using (made)
                {
                    VectorScan.Find(made, query, selection, nearest, cancellationToken);
                    return (made.Rows, true);
                }
            }
        }

        using SqliteVectorPages again = new(_reader.Database, path, model);
        return (await VectorStream.FindAsync(again, model.Dimensions, query, selection, nearest, cancellationToken).ConfigureAwait(false), false);
    }

    /// <exception cref="IngestException">A SQLite file has no index of vectors.</exception>
    public ValueTask RequireIndexAsync(EmbeddingModel model, CancellationToken cancellationToken) =>
        throw new IngestException($"{DisplayName} has no index for --approximate; only PostgreSQL with pgvector has one.", "Leave out --approximate for an exact search.");

    /// <exception cref="IngestException">A SQLite file has no index of vectors.</exception>
    public async ValueTask<long> FindNearAsync(EmbeddingModel model, ReadOnlyMemory<float> query, RecordSelection? selection, NearestDays nearest, CancellationToken cancellationToken)
    {
        await RequireIndexAsync(model, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    public ValueTask<string?> ReadTextAsync(string userId, DateOnly day, CancellationToken cancellationToken)
    {
        byte[] date = new byte[DayText.Bytes];
        DayText.Write(date, day.DayNumber);
        using SqliteStatement select = _reader.Database.Compile("SELECT summary FROM daily_summaries WHERE user_id = ? AND date = ?");
        return ValueTask.FromResult(select.Bind(1, userId).Bind(2, date).Step() ? Encoding.UTF8.GetString(select.Text(0)) : null);
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();
}
