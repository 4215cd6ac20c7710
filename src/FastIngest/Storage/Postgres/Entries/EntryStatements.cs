using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>The SQL statements of a dictionary run, besides COPY.</summary>
internal static class EntryStatements
{
    /// <summary>The wait for another run, in milliseconds.</summary>
    public const int LockTimeoutMs = 10_000;

    /// <summary>
    /// Gives temporary tables more memory until the end of the transaction. A server cannot change the setting once its session
    /// has used temporary tables, as the session of a pool may have done; then the setting stays as it is.
    /// </summary>
    public const string WidenTemporaryBuffers =
        "DO $$ BEGIN PERFORM pg_catalog.set_config('temp_buffers', '32MB', true); EXCEPTION WHEN OTHERS THEN NULL; END $$";

    /// <summary>
    /// Begins the transaction, locks the tables, and selects LZ4 compression of long texts if the server supports it.
    /// </summary>
    public static string Begin(PostgresNames names) =>
        $"""
        BEGIN ISOLATION LEVEL READ COMMITTED;
        SET LOCAL jit = off;
        SET LOCAL lock_timeout = {LockTimeoutMs};
        SET LOCAL idle_in_transaction_session_timeout = 0;
        SELECT set_config(name, 'lz4', true) FROM pg_catalog.pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals);
        SELECT pg_advisory_xact_lock({LockKey(names)});
        LOCK TABLE {names.Sources}, {names.RawEntries}, {names.Entries} IN SHARE ROW EXCLUSIVE MODE
        """;

    /// <summary>Returns the key of the advisory lock that makes dictionary runs wait for each other.</summary>
    public static string LockKey(PostgresNames names) => $"hashtextextended({PostgresNames.Literal("fastingest entries " + names.Schema)}, 0)";

    /// <summary>Creates temporary tables for records that may already be stored.</summary>
    public static string Staging(PostgresNames names) =>
        $"""
        {WidenTemporaryBuffers};
        CREATE TEMPORARY TABLE staged_raw (outcome smallint NOT NULL, id bigint NOT NULL, source_id text COLLATE "C" NOT NULL,
            checksum bytea NOT NULL, file_path text NOT NULL, line_number bigint NOT NULL, raw_data json NOT NULL) ON COMMIT DROP;
        CREATE TEMPORARY TABLE staged_entries (LIKE {names.Entries}) ON COMMIT DROP;
        ALTER TABLE pg_temp.staged_entries ALTER updated_at SET DEFAULT now();
        CREATE TEMPORARY TABLE fresh_raw (id bigint NOT NULL) ON COMMIT DROP
        """;

    /// <summary>Inserts the staged records that are not stored yet, only the first of equal ones, and stores their ids in <c>fresh_raw</c>.</summary>
    public static string InsertRaw(PostgresNames names) =>
        $"""
        WITH fresh AS (
            INSERT INTO {names.RawEntries} ({EntryTuples.RawColumns})
            SELECT {EntryTuples.RawColumns} FROM pg_temp.staged_raw ORDER BY id
            ON CONFLICT (source_id, checksum) DO NOTHING
            RETURNING id
        )
        INSERT INTO pg_temp.fresh_raw SELECT id FROM fresh
        """;

    /// <summary>Counts the inserted records by outcome.</summary>
    public static string CountFresh =>
        $"""
        SELECT count(*) FILTER (WHERE r.outcome IN ({(int)EntryOutcome.Written}, {(int)EntryOutcome.Redirect})) AS candidates,
            count(*) FILTER (WHERE r.outcome = {(int)EntryOutcome.BelowQuality}) AS below_quality,
            count(*) FILTER (WHERE r.outcome = {(int)EntryOutcome.Invalid}) AS invalid,
            count(*) FILTER (WHERE r.outcome = {(int)EntryOutcome.Redirect}) AS redirects
        FROM pg_temp.staged_raw r JOIN pg_temp.fresh_raw f USING (id)
        """;

    /// <summary>
    /// Inserts the entries of inserted records. The lookup of duplicates is a scalar subquery, so that it always uses the index,
    /// regardless of the table's size and the planner's statistics.
    /// </summary>
    public static string InsertEntries(PostgresNames names, bool allowsDuplicates) =>
        $"""
        INSERT INTO {names.Entries} ({EntryTuples.EntryColumns})
        SELECT {EntryTuples.EntryColumns} FROM pg_temp.staged_entries s
        WHERE {(allowsDuplicates
            ? "raw_id IN (SELECT id FROM pg_temp.fresh_raw)"
            : $"""
              raw_id IN (SELECT min(e.raw_id) FROM pg_temp.staged_entries e JOIN pg_temp.fresh_raw f ON f.id = e.raw_id GROUP BY e.duplicate_key)
              AND (SELECT 1 FROM {names.Entries} t WHERE t.duplicate_key = s.duplicate_key AND t.source_id = s.source_id LIMIT 1) IS NULL
              """)}
        ORDER BY raw_id
        ON CONFLICT DO NOTHING
        """;

    /// <summary>How many of the written entries point to another one.</summary>
    public static string CountRedirects(PostgresNames names) =>
        $"""
        SELECT count(*) FROM pg_temp.staged_raw r JOIN pg_temp.fresh_raw f USING (id)
        WHERE r.outcome = {(int)EntryOutcome.Redirect} AND EXISTS (SELECT FROM {names.Entries} t WHERE t.raw_id = r.id)
        """;

    public const string ClearStaging = "TRUNCATE pg_temp.staged_raw, pg_temp.staged_entries, pg_temp.fresh_raw";
}
