using FastIngest.Embedding;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Indexes;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Outbox;

/// <summary>
/// The table <c>embedding_models</c>: which model the vectors of a name are of. Vectors of two models under one name are
/// never mixed, also if two runs with different servers write at the same time.
/// </summary>
/// <param name="model">The model whose vectors this run stores.</param>
/// <param name="replaces">Whether the vectors of another model with this name are removed first.</param>
internal sealed class PostgresModels(EmbeddingModel model, bool replaces)
{
    /// <summary>Whether this run has removed the vectors of another model; a call that is repeated must not remove its own.</summary>
    private bool _hasReplaced;

    /// <summary>Reads the model of a name; null when the name has no vectors.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="name">The name of the model.</param>
    /// <param name="clause">What follows the condition, such as a lock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<EmbeddingModel?> FindAsync(NpgsqlConnection connection, PostgresNames names, string name, string clause, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new($"SELECT served, dimensions FROM {names.EmbeddingModels} WHERE model = $1 {clause}", connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(Text(name));
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? new EmbeddingModel(name, reader.GetString(0), reader.GetInt32(1)) : null;
            }
        }
    }

    /// <summary>Reads the models of the stored vectors, ordered by name; none if an older version of this program made the schema.</summary>
    public static async ValueTask<IReadOnlyList<EmbeddingModel>> ReadAllAsync(NpgsqlConnection connection, PostgresNames names, CancellationToken cancellationToken)
    {
        List<EmbeddingModel> models = [];
        if (await connection.ScalarAsync("SELECT to_regclass($1) IS NOT NULL", cancellationToken, Text(names.EmbeddingModels)).ConfigureAwait(false) is not true)
        {
            return models;
        }

        NpgsqlCommand command = new($"SELECT model, served, dimensions FROM {names.EmbeddingModels} ORDER BY model COLLATE \"C\"", connection);
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

        return models;
    }

    /// <summary>Records the model in one transaction, and removes the vectors of summaries that are stored no more.</summary>
    /// <exception cref="IngestException">The database holds vectors of another model under this name.</exception>
    public async Task RegisterAsync(NpgsqlConnection connection, PostgresNames names, string displayName, CancellationToken cancellationToken)
    {
        await connection.RunAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        await connection.RunAsync(
            $"INSERT INTO {names.EmbeddingModels} (model, served, dimensions) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            cancellationToken,
            Text(model.Name),
            Text(model.Served),
            Number(model.Dimensions)).ConfigureAwait(false);
        EmbeddingModel? stored = await FindAsync(connection, names, model.Name, "FOR UPDATE", cancellationToken).ConfigureAwait(false);
        if (stored is not null && !stored.IsSameAs(model))
        {
            if (!replaces || _hasReplaced)
            {
                throw model.Differs(displayName, stored);
            }

            await connection.RunAsync($"DELETE FROM {names.Embeddings} WHERE model = $1", cancellationToken, Text(model.Name)).ConfigureAwait(false);
            await new PgVectorIndex(names, stored).DropAsync(connection, cancellationToken).ConfigureAwait(false);
            await connection.RunAsync(
                $"UPDATE {names.EmbeddingModels} SET served = $2, dimensions = $3 WHERE model = $1", cancellationToken, Text(model.Name), Text(model.Served), Number(model.Dimensions)).ConfigureAwait(false);
        }

        await connection.RunAsync(
            $"DELETE FROM {names.Embeddings} e WHERE NOT EXISTS (SELECT FROM {names.Summaries} s WHERE s.user_id = e.user_id AND s.date = e.date)", cancellationToken).ConfigureAwait(false);
        await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        _hasReplaced = true;
    }

    /// <summary>Checks, in the transaction that stores vectors, that no other run has replaced the model.</summary>
    /// <exception cref="IngestException">The name now belongs to another model.</exception>
    public async ValueTask RequireAsync(NpgsqlConnection connection, PostgresNames names, string displayName, CancellationToken cancellationToken)
    {
        if (await FindAsync(connection, names, model.Name, "FOR SHARE", cancellationToken).ConfigureAwait(false) is not { } stored || !stored.IsSameAs(model))
        {
            throw new IngestException($"{displayName}: another run has replaced the vectors of {model.Name} by those of another model.", "Run again with the server of that model, or use another --model.");
        }
    }

    /// <summary>Creates the index of the vectors, where pgvector is installed.</summary>
    /// <returns>A sentence about the index; null without pgvector.</returns>
    public ValueTask<string?> IndexAsync(NpgsqlConnection connection, PostgresNames names, CancellationToken cancellationToken) => new PgVectorIndex(names, model).EnsureAsync(connection, cancellationToken);

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<int> Number(int value) => new() { TypedValue = value };
}
