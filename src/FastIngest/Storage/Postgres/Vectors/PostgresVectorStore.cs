using FastIngest.Embedding;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
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
        List<EmbeddingModel> models = [];
        await _calls.RunAsync(
            async connection =>
            {
                models.Clear();
                NpgsqlParameter<string> table = new() { TypedValue = _names.EmbeddingModels };
                if (await connection.ScalarAsync("SELECT to_regclass($1) IS NOT NULL", cancellationToken, table).ConfigureAwait(false) is not true)
                {
                    // An older version of this program made the schema.
                    return;
                }

                NpgsqlCommand command = new($"SELECT model, served, dimensions FROM {_names.EmbeddingModels} ORDER BY model COLLATE \"C\"", connection);
                await using (command.ConfigureAwait(false))
                {
                    NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                    {
                        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                        {
                            models.Add(new EmbeddingModel(reader.GetString(0), reader.GetString(1), reader.GetInt32(2)));
                        }
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);
        return models;
    }

    /// <summary>Reads all vectors from the server: it gives no state by which a copy could be known to be old.</summary>
    public async ValueTask<(long Vectors, bool IsBuilt)> FindAsync(
        EmbeddingModel model, ReadOnlyMemory<float> query, RecordSelection? selection, NearestDays nearest, CancellationToken cancellationToken)
    {
        using PostgresVectorPages pages = new(_calls, _names, model);
        return (await VectorStream.FindAsync(pages, model.Dimensions, query, selection, nearest, cancellationToken).ConfigureAwait(false), false);
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
}
