using FastIngest.Embedding;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Indexes;
using FastIngest.Storage.Postgres.Outbox;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Vectors;

/// <summary>The vectors of a PostgreSQL database, which may be a standby. It retries after transient errors.</summary>
internal sealed class PostgresVectorStore : IVectorStore
{
    private readonly PostgresAddress _database;
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private readonly RepeatableCalls _calls;

    /// <param name="database">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <exception cref="IngestException">The target is invalid.</exception>
    public PostgresVectorStore(string database, string schema)
    {
        _database = PostgresAddress.Parse(database);
        _names = new PostgresNames(schema);
        _session = new PostgresSession(_database, _names, PostgresRetry.Default);
        _calls = new RepeatableCalls(
            _session, () => PostgresRetry.Default, token => _session.OpenForReadingAsync(token).AsTask(), e => PostgresFault.Explain(e, DisplayName, _names.Schema));
    }

    public string DisplayName => _database.DisplayName;

    public ValueTask OpenAsync(CancellationToken cancellationToken) => _calls.RunAsync(_ => Task.CompletedTask, cancellationToken);

    public async ValueTask<IReadOnlyList<EmbeddingModel>> ReadModelsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<EmbeddingModel> models = [];
        await _calls.RunAsync(
            async connection => models = await PostgresModels.ReadAllAsync(connection, _names, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return models;
    }

    /// <summary>Reads all vectors from the server: it gives no state by which a copy could be known to be old.</summary>
    public async ValueTask<(long Vectors, bool IsBuilt)> FindAsync(
        EmbeddingModel model, ReadOnlyMemory<float> query, RecordSelection? selection, NearestDays nearest, CancellationToken cancellationToken)
    {
        using PostgresVectorPages pages = new(_calls, _names, model);
        return (await VectorStream.FindAsync(pages, model.Dimensions, query, selection, nearest, cancellationToken).ConfigureAwait(false), false);
    }

    public ValueTask RequireIndexAsync(EmbeddingModel model, CancellationToken cancellationToken) =>
        _calls.RunAsync(connection => new PgVectorIndex(_names, model).RequireAsync(connection, DisplayName, cancellationToken).AsTask(), cancellationToken);

    public async ValueTask<long> FindNearAsync(EmbeddingModel model, ReadOnlyMemory<float> query, RecordSelection? selection, NearestDays nearest, CancellationToken cancellationToken)
    {
        List<(byte[] UserId, int Day, float[] Vector)> found = [];
        await _calls.RunAsync(connection => ReadNearAsync(connection, model, query, selection, nearest.Limit, found, cancellationToken), cancellationToken).ConfigureAwait(false);
        foreach ((byte[] user, int day, float[] vector) in found.OrderBy(f => f.UserId, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))).ThenBy(f => f.Day))
        {
            nearest.Add(Cosine.Exact(query.Span, vector), user, day);
        }

        return found.Count;
    }

    public async ValueTask<string?> ReadTextAsync(string userId, DateOnly day, CancellationToken cancellationToken)
    {
        string? text = null;
        await _calls.RunAsync(
            async connection => text = await connection.ScalarAsync(
                $"SELECT summary FROM {_names.Summaries} WHERE user_id = $1 AND date = date '0001-01-01' + $2",
                cancellationToken,
                new NpgsqlParameter<string> { TypedValue = userId },
                new NpgsqlParameter<int> { TypedValue = day.DayNumber }).ConfigureAwait(false) as string,
            cancellationToken).ConfigureAwait(false);
        return text;
    }

    public ValueTask DisposeAsync() => _calls.DisposeAsync();

    private async Task ReadNearAsync(
        NpgsqlConnection connection, EmbeddingModel model, ReadOnlyMemory<float> query, RecordSelection? selection, int limit, List<(byte[] UserId, int Day, float[] Vector)> found, CancellationToken cancellationToken)
    {
        found.Clear();
        PgVectorIndex index = new(_names, model);
        string schema = await index.RequireAsync(connection, DisplayName, cancellationToken).ConfigureAwait(false);
        string settings = await PgVectorIndex.SettingsAsync(connection, limit, cancellationToken).ConfigureAwait(false);
        await connection.RunAsync("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; " + settings, cancellationToken).ConfigureAwait(false);
        NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(
            $"COPY ({index.SelectNearest(schema, query.Span, selection, limit)}) TO STDOUT (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using CopyReader reader = new();
            reader.Begin(stream);
            while (await reader.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                Add(reader.Current);
            }
        }

        await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);

        void Add(ReadOnlySpan<byte> bytes)
        {
            CopyTupleReader tuple = CopyTupleReader.OfTuple(bytes);
            tuple.TryField(out ReadOnlySpan<byte> user);
            int day = tuple.Date();
            float[] vector = new float[model.Dimensions];
            if (tuple.TryField(out ReadOnlySpan<byte> field) && RealArray.TryRead(field, vector))
            {
                found.Add((user.ToArray(), day, vector));
            }
        }
    }
}
