using System.Text;
using FastIngest.Embedding;
using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Outbox;

/// <summary>
/// The table <c>embedding_models</c>: which model the vectors of a name are of. Vectors of two models under one name are
/// never mixed, also if two runs with different servers write at the same time.
/// </summary>
/// <param name="model">The model whose vectors this run stores.</param>
/// <param name="replaces">Whether the vectors of another model with this name are removed first.</param>
internal sealed class SqliteModels(EmbeddingModel model, bool replaces)
{
    /// <summary>The name of the table.</summary>
    public const string Table = "embedding_models";

    /// <summary>Reads the model of a name; null when the name has no vectors.</summary>
    public static EmbeddingModel? Find(SqliteDatabase database, string name)
    {
        if (database.Texts($"SELECT name FROM sqlite_master WHERE type = 'table' AND name = '{Table}'").Count == 0)
        {
            return null;
        }

        using SqliteStatement select = database.Compile($"SELECT served, dimensions FROM {Table} WHERE model = ?");
        return select.Bind(1, name).Step() ? new EmbeddingModel(name, Encoding.UTF8.GetString(select.Text(0)), (int)select.Int64(1)) : null;
    }

    /// <summary>Reads the models of the stored vectors, ordered by name.</summary>
    public static IReadOnlyList<EmbeddingModel> ReadAll(SqliteDatabase database)
    {
        List<EmbeddingModel> models = [];
        if (database.Texts($"SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('{Table}', 'embeddings')").Count == 2)
        {
            foreach (string name in database.Texts($"SELECT model FROM {Table} ORDER BY model"))
            {
                models.Add(Find(database, name)!);
            }
        }

        return models;
    }

    /// <summary>
    /// Records the model, in an open transaction, after the table <c>embeddings</c> is there. It removes the vectors of summaries
    /// that are stored no more.
    /// </summary>
    /// <exception cref="IngestException">The database holds vectors of another model under this name.</exception>
    public void Register(SqliteDatabase database, string displayName)
    {
        database.Execute($"CREATE TABLE IF NOT EXISTS {Table} (model TEXT NOT NULL PRIMARY KEY, served TEXT NOT NULL, dimensions INTEGER NOT NULL) WITHOUT ROWID");
        if (Find(database, model.Name) is { } stored && !stored.IsSameAs(model))
        {
            if (!replaces)
            {
                throw model.Differs(displayName, stored);
            }

            foreach (string table in (string[])["embeddings", Table])
            {
                using SqliteStatement delete = database.Compile($"DELETE FROM {table} WHERE model = ?");
                delete.Bind(1, model.Name).Run();
            }
        }

        using SqliteStatement insert = database.Compile($"INSERT INTO {Table} (model, served, dimensions) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
        insert.Bind(1, model.Name).Bind(2, model.Served).Bind(3, model.Dimensions).Run();
        database.Execute("DELETE FROM embeddings WHERE NOT EXISTS (SELECT 1 FROM daily_summaries s WHERE s.user_id = embeddings.user_id AND s.date = embeddings.date)");
    }

    /// <summary>Checks, in the transaction that stores vectors, that no other run has replaced the model.</summary>
    /// <exception cref="IngestException">The name now belongs to another model.</exception>
    public void Require(SqliteDatabase database, string displayName)
    {
        if (Find(database, model.Name) is not { } stored || !stored.IsSameAs(model))
        {
            database.Execute("ROLLBACK");
            throw new IngestException($"{displayName}: another run has replaced the vectors of {model.Name} by those of another model.", "Run again with the server of that model, or use another --model.");
        }
    }
}
