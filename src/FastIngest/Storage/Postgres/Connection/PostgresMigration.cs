using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>Migrates a schema to the current tables, and checks early for problems that would stop a run.</summary>
internal static class PostgresMigration
{
    private const int LockTimeoutMs = 10_000;

    /// <summary>Checks the server and applies the missing migration steps.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="displayName">The target, for messages.</param>
    /// <param name="staysOpen">Whether the transaction that creates a new schema stays open, so that the run can still decide not to create it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether a transaction is open that creates the schema.</returns>
    /// <exception cref="IngestException">The server or the schema cannot be used.</exception>
    public static async ValueTask<bool> ApplyAsync(
        NpgsqlConnection connection, PostgresNames names, string displayName, bool staysOpen, CancellationToken cancellationToken)
    {
        await CheckServerAsync(connection, displayName, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> steps = PostgresSchema.Steps(names);

        // A user without the privilege to create tables can still load into existing ones.
        if (await LastStepAsync(connection, names, displayName, steps.Count, cancellationToken).ConfigureAwait(false) == steps.Count)
        {
            return false;
        }

        await connection.RunAsync($"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {LockTimeoutMs}", cancellationToken).ConfigureAwait(false);
        await connection.RunAsync(
            $"SELECT pg_advisory_xact_lock({PostgresSchema.LockKey("$1")})", cancellationToken, new NpgsqlParameter<string> { TypedValue = names.Schema }).ConfigureAwait(false);
        int lastStep = await LastStepAsync(connection, names, displayName, steps.Count, cancellationToken).ConfigureAwait(false);
        await CheckForeignTablesAsync(connection, names, displayName, lastStep, cancellationToken).ConfigureAwait(false);
        if (lastStep == 0)
        {
            await connection.RunAsync(PostgresSchema.StepTable(names), cancellationToken).ConfigureAwait(false);
        }

        for (int step = lastStep + 1; step <= steps.Count; step++)
        {
            await connection.RunAsync(steps[step - 1], cancellationToken).ConfigureAwait(false);
            await connection.RunAsync(
                $"INSERT INTO {names.Steps} (step) VALUES ($1)", cancellationToken, new NpgsqlParameter<int> { TypedValue = step }).ConfigureAwait(false);
        }

        if (lastStep == 0 && staysOpen)
        {
            return true;
        }

        await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>Whether a schema has the table of runs.</summary>
    public static ValueTask<bool> HasRunsAsync(NpgsqlConnection connection, PostgresNames names, CancellationToken cancellationToken) =>
        HasTableAsync(connection, names, "ingest_runs", cancellationToken);

    /// <summary>Checks that a database has the schema; it changes nothing.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="names">The names of the tables.</param>
    /// <param name="displayName">The target, for messages.</param>
    /// <param name="content">What the schema should hold: daily summaries, or a dictionary.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IngestException">The database has no such schema, or a newer version of this program created it.</exception>
    public static async ValueTask RequireAsync(
        NpgsqlConnection connection, PostgresNames names, string displayName, string content, CancellationToken cancellationToken)
    {
        if (await LastStepAsync(connection, names, displayName, PostgresSchema.Steps(names).Count, cancellationToken).ConfigureAwait(false) == 0)
        {
            throw new IngestException(
                $"{displayName}: schema {names.Schema} has no tables of {(content == "dictionary" ? "a dictionary" : content)}; nothing was changed.",
                content == "dictionary"
                    ? "Load a dictionary with health_ingestion ingest --source ID --file PATH first, or name the schema that holds one."
                    : "Load health data with health_ingestion ingest first, or name the schema that holds it.");
        }
    }

    private static async ValueTask CheckServerAsync(NpgsqlConnection connection, string displayName, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync("SELECT current_setting('server_encoding')", cancellationToken).ConfigureAwait(false) is string encoding && encoding != "UTF8")
        {
            throw new IngestException($"{displayName}: the encoding of the database is {encoding}.", "Create a database with ENCODING 'UTF8'.");
        }

        if (await connection.ScalarAsync("SELECT current_setting('transaction_read_only')::boolean", cancellationToken).ConfigureAwait(false) is true)
        {
            throw new IngestException($"{displayName}: the server is read-only.", "Name the primary server, not a standby, and a database that is not read-only.");
        }
    }

    /// <summary>Returns the last applied step; 0 without one.</summary>
    private static async ValueTask<int> LastStepAsync(NpgsqlConnection connection, PostgresNames names, string displayName, int known, CancellationToken cancellationToken)
    {
        int lastStep = !await HasTableAsync(connection, names, "schema_steps", cancellationToken).ConfigureAwait(false)
            ? 0
            : await connection.ScalarAsync($"SELECT max(step) FROM {names.Steps}", cancellationToken).ConfigureAwait(false) as int? ?? 0;
        return lastStep <= known
            ? lastStep
            : throw new IngestException(
                $"{displayName}: schema {names.Schema} was created by a newer version of health_ingestion (its last step is {lastStep}, this program supports {known}).",
                "Use that version, or another --schema.");
    }

    private static async ValueTask CheckForeignTablesAsync(NpgsqlConnection connection, PostgresNames names, string displayName, int lastStep, CancellationToken cancellationToken)
    {
        foreach (string table in PostgresSchema.Tables.Skip(lastStep).SelectMany(t => t))
        {
            if (await HasTableAsync(connection, names, table, cancellationToken).ConfigureAwait(false))
            {
                throw new IngestException(
                    $"{displayName}: schema {names.Schema} holds a table {table} that health_ingestion did not make.", "Use another --schema.");
            }
        }
    }

    /// <summary>Queries the catalog directly, because <c>to_regclass</c> uses a cache that may be outdated after the wait for the lock.</summary>
    private static async ValueTask<bool> HasTableAsync(NpgsqlConnection connection, PostgresNames names, string table, CancellationToken cancellationToken) =>
        await connection.ScalarAsync(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2)",
            cancellationToken,
            new NpgsqlParameter<string> { TypedValue = names.Schema },
            new NpgsqlParameter<string> { TypedValue = table }).ConfigureAwait(false) is true;
}
