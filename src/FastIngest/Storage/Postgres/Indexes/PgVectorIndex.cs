using System.Globalization;
using System.Text;
using FastIngest.Embedding;
using FastIngest.Health;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Indexes;

/// <summary>
/// The HNSW index of pgvector on the vectors of a model. The column is a <c>real[]</c>, which exists without pgvector and holds
/// vectors of any length; the index is on the expression that casts it, and only on the rows of the model whose length fits, so
/// that no other row can fail in it.
/// </summary>
/// <param name="names">The names of the tables.</param>
/// <param name="model">The model of the vectors.</param>
internal sealed class PgVectorIndex(PostgresNames names, EmbeddingModel model)
{
    /// <summary>The most numbers of a <c>vector</c> and of a <c>halfvec</c> in an HNSW index.</summary>
    private const int VectorMax = 2_000, HalfVectorMax = 4_000;

    /// <summary>The values of <c>hnsw.ef_search</c>: candidates that a search of the index keeps.</summary>
    private const int CandidatesMin = 100, CandidatesMax = 1_000;

    private const int LockTimeoutMs = 10_000;

    /// <summary>The first version that continues a search until enough rows pass the other conditions.</summary>
    private static readonly Version Iterative = new(0, 8);

    private readonly string _name = "embeddings_hnsw_" + UuidVersion5.Of(Encoding.UTF8.GetBytes($"fastingest:index:{model.Dimensions}:{model.Name}")).ToString("N")[..8];

    /// <summary>The type of pgvector that holds the vectors in the index; null when they are too long for one.</summary>
    private string? Type => model.Dimensions <= VectorMax ? "vector" : model.Dimensions <= HalfVectorMax ? "halfvec" : null;

    private string QualifiedName => $"{names.QuotedSchema}.{_name}";

    private string Condition => $"model = {PostgresNames.Literal(model.Name)} AND cardinality(vector) = {model.Dimensions}";

    /// <summary>Creates the index if it is missing, pgvector is installed and this user may. It never installs pgvector.</summary>
    /// <returns>A sentence about the index; null without pgvector.</returns>
    public async ValueTask<string?> EnsureAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await SchemaOfPgVectorAsync(connection, Type ?? "vector", cancellationToken).ConfigureAwait(false) is not { } schema)
        {
            return null;
        }

        if (Type is null)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no index for search --approximate: pgvector indexes at most {HalfVectorMax:N0} numbers, and the vectors of {model.Name} have {model.Dimensions:N0}");
        }

        if (await ExistsAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            return $"index for search --approximate: {_name}";
        }

        if (await IsOwnerAsync(connection, names.Embeddings, cancellationToken).ConfigureAwait(false) is false)
        {
            return "no index for search --approximate: only the owner of the table embeddings can create it";
        }

        try
        {
            await connection.RunAsync($"BEGIN; SET LOCAL lock_timeout = {LockTimeoutMs}", cancellationToken).ConfigureAwait(false);
            await connection.RunAsync($"SELECT pg_advisory_xact_lock({PostgresSchema.LockKey("$1")})", cancellationToken, Text(names.Schema)).ConfigureAwait(false);
            await connection.RunAsync(
                $"CREATE INDEX IF NOT EXISTS {_name} ON {names.Embeddings} USING hnsw (({Expression("vector", schema)}) {schema}.{Type}_cosine_ops) WHERE {Condition}", cancellationToken).ConfigureAwait(false);
            await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
            return $"index for search --approximate: {_name}, made by this run";
        }
        catch (PostgresException e) when (!PostgresFault.IsTransient(e))
        {
            // The vectors are stored, and an exact search needs no index.
            await connection.RunAsync("ROLLBACK", cancellationToken).ConfigureAwait(false);
            return $"no index for search --approximate: {FaultText.OneLine(e.MessageText)}";
        }
    }

    /// <summary>Removes the index of vectors that were removed, if this user may; otherwise it stays and has no rows.</summary>
    public async ValueTask DropAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await IsOwnerAsync(connection, QualifiedName, cancellationToken).ConfigureAwait(false) is true)
        {
            await connection.RunAsync($"DROP INDEX {QualifiedName}", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Checks that a search can use the index.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="database">The database as shown to the user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The quoted schema of pgvector.</returns>
    /// <exception cref="IngestException">There is no such index.</exception>
    public async ValueTask<string> RequireAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        const string Remedy = "Leave out --approximate for an exact search";
        if (await SchemaOfPgVectorAsync(connection, Type ?? "vector", cancellationToken).ConfigureAwait(false) is not { } schema)
        {
            throw new IngestException(
                $"{database} has no index for --approximate: the extension vector (pgvector) with HNSW is not installed in that database.",
                Remedy + ", or let an administrator run CREATE EXTENSION vector, and then run health_ingestion embed.");
        }

        return await ExistsAsync(connection, cancellationToken).ConfigureAwait(false)
            ? schema
            : throw new IngestException(
                $"{database} has no index for --approximate of the vectors of {model.Name}.", Type is null ? Remedy + "." : Remedy + ", or run health_ingestion embed as the owner of the tables, which makes the index.");
    }

    /// <summary>Returns the SQL that prepares the transaction of a search.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="limit">The number of rows that are wanted.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<string> SettingsAsync(NpgsqlConnection connection, int limit, CancellationToken cancellationToken)
    {
        string? version = await connection.ScalarAsync("SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'vector'", cancellationToken).ConfigureAwait(false) as string;
        bool isIterative = Version.TryParse(version, out Version? installed) && installed >= Iterative;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL hnsw.ef_search = {Math.Clamp(2 * limit, CandidatesMin, CandidatesMax)}{(isIterative ? "; SET LOCAL hnsw.iterative_scan = strict_order" : "")}");
    }

    /// <summary>Returns the query for the vectors that are nearest to one: the columns <c>user_id</c>, <c>date</c> and <c>vector</c>.</summary>
    /// <param name="schema">The quoted schema of pgvector.</param>
    /// <param name="query">The vector.</param>
    /// <param name="selection">The users and days; null for all.</param>
    /// <param name="limit">The number of rows.</param>
    public string SelectNearest(string schema, ReadOnlySpan<float> query, RecordSelection? selection, int limit)
    {
        StringBuilder vector = new("'[");
        foreach (float number in query)
        {
            vector.Append(CultureInfo.InvariantCulture, $"{number:R},");
        }

        vector[^1] = ']';
        vector.Append('\'');

        // The inner query keeps the form of the index, so that the planner recognises it.
        return $"SELECT e.user_id, e.date, e.vector FROM (SELECT user_id, date, text_md5, vector FROM {names.Embeddings} WHERE {Condition}) e "
            + $"JOIN {names.Summaries} s ON s.user_id = e.user_id AND s.date = e.date WHERE e.text_md5 = md5(s.summary)::uuid{Conditions(selection)} "
            + $"ORDER BY {Expression("e.vector", schema)} OPERATOR({schema}.<=>) {Expression(vector.ToString(), schema)} LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";
    }

    private static string Conditions(RecordSelection? selection)
    {
        if (selection is null)
        {
            return "";
        }

        string users = string.Join(", ", selection.UserIds.Select(u => PostgresNames.Literal(PostgresNames.StoredId(u))));
        return (users.Length > 0 ? $" AND e.user_id IN ({users})" : "")
            + (selection.Since is { } since ? $" AND e.date >= date '0001-01-01' + {since.DayNumber}" : "")
            + (selection.Until is { } until ? $" AND e.date <= date '0001-01-01' + {until.DayNumber}" : "");
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    /// <summary>Returns the quoted schema of pgvector; null when it is not installed or cannot index the type.</summary>
    private static async ValueTask<string?> SchemaOfPgVectorAsync(NpgsqlConnection connection, string type, CancellationToken cancellationToken) =>
        await connection.ScalarAsync(
            """
            SELECT quote_ident(n.nspname) FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'vector' AND EXISTS (SELECT FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am a ON a.oid = o.opcmethod
                WHERE a.amname = 'hnsw' AND o.opcname = $1 || '_cosine_ops' AND o.opcnamespace = n.oid)
            """,
            cancellationToken,
            Text(type)).ConfigureAwait(false) as string;

    /// <summary>Whether this user owns a table or an index; null when it does not exist.</summary>
    private static async ValueTask<bool?> IsOwnerAsync(NpgsqlConnection connection, string relation, CancellationToken cancellationToken) =>
        await connection.ScalarAsync("SELECT pg_has_role(relowner, 'USAGE') FROM pg_catalog.pg_class WHERE oid = to_regclass($1)", cancellationToken, Text(relation)).ConfigureAwait(false) as bool?;

    private async ValueTask<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ScalarAsync("SELECT to_regclass($1) IS NOT NULL", cancellationToken, Text(QualifiedName)).ConfigureAwait(false) is true;

    private string Expression(string value, string schema) => $"({value}::{schema}.{Type}({model.Dimensions}))";
}
