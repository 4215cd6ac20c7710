using System.Globalization;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>The SQL statements of <c>reprocess</c>, besides COPY.</summary>
internal static class ReprocessStatements
{
    /// <summary>
    /// Begins the transaction of one page. The planner settings force a merge join over the indexes of both tables, without sorting.
    /// </summary>
    public const string BeginReading =
        """
        BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;
        SET LOCAL enable_hashjoin = off;
        SET LOCAL enable_nestloop = off;
        SET LOCAL enable_sort = off;
        SET LOCAL enable_seqscan = off;
        SET LOCAL enable_bitmapscan = off;
        SET LOCAL max_parallel_workers_per_gather = 0;
        SET LOCAL jit = off
        """;

    private static readonly string JoinedColumns = string.Join(", ", EntryTuples.EntryColumns.Split(", ").Select(c => "e." + c));

    /// <summary>Reads one page of records, each with its entry.</summary>
    public static string Read(PostgresNames names, string source, long after, long lastId, int limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        COPY (SELECT r.id, r.raw_data, {JoinedColumns} FROM {names.RawEntries} r LEFT JOIN {names.Entries} e ON e.raw_id = r.id AND e.raw_id > {after}
        WHERE r.source_id = {PostgresNames.Literal(source)} AND r.id > {after} AND r.id <= {lastId} ORDER BY r.id LIMIT {limit}) TO STDOUT (FORMAT BINARY)
        """);

    /// <summary>Begins a transaction that changes entries, and waits for the end of another dictionary run.</summary>
    public static string Begin(PostgresNames names) =>
        $"""
        BEGIN ISOLATION LEVEL READ COMMITTED;
        SET LOCAL jit = off;
        SET LOCAL lock_timeout = {EntryStatements.LockTimeoutMs};
        SELECT pg_advisory_xact_lock({EntryStatements.LockKey(names)})
        """;

    /// <summary>Creates the temporary tables for changes; they disappear with the transaction.</summary>
    public static string Staging(PostgresNames names) =>
        $"""
        {EntryStatements.WidenTemporaryBuffers};
        CREATE TEMPORARY TABLE staged_removed (raw_id bigint NOT NULL) ON COMMIT DROP;
        CREATE TEMPORARY TABLE staged_entries (LIKE {names.Entries}) ON COMMIT DROP;
        ALTER TABLE pg_temp.staged_entries ALTER updated_at SET DEFAULT now();
        CREATE TEMPORARY TABLE kept (raw_id bigint NOT NULL) ON COMMIT DROP
        """;

    /// <summary>Removes entries that the current rules reject.</summary>
    public static string RemoveFailed(PostgresNames names) =>
        $"DELETE FROM {names.Entries} WHERE raw_id IN (SELECT raw_id FROM pg_temp.staged_removed)";

    /// <summary>Removes the stored entries that changed.</summary>
    public static string RemoveChanged(PostgresNames names) =>
        $"DELETE FROM {names.Entries} WHERE raw_id IN (SELECT raw_id FROM pg_temp.staged_entries)";

    /// <summary>
    /// Selects the entries to write: of several duplicates, the one with the lowest raw_id. Here and below, "raw_id + 0" keeps the
    /// planner from using the index on raw_id, so that it uses the index on duplicate_key. Without statistics, as right after a
    /// load, it would scan thousands of entries for each lookup.
    /// </summary>
    public static string Choose(PostgresNames names, bool allowsDuplicates) => allowsDuplicates
        ? "INSERT INTO pg_temp.kept SELECT raw_id FROM pg_temp.staged_entries"
        : $"""
        INSERT INTO pg_temp.kept SELECT s.raw_id
        FROM (SELECT DISTINCT ON (duplicate_key) raw_id, duplicate_key, source_id FROM pg_temp.staged_entries ORDER BY duplicate_key, raw_id) s
        WHERE (SELECT 1 FROM {names.Entries} t WHERE t.duplicate_key = s.duplicate_key AND t.source_id = s.source_id AND t.raw_id + 0 < s.raw_id LIMIT 1) IS NULL
        """;

    /// <summary>Removes later duplicates of the entries to write, and returns the ids of their records.</summary>
    public static string RemoveLater(PostgresNames names) =>
        $"""
        DELETE FROM {names.Entries} t USING pg_temp.staged_entries s, pg_temp.kept k
        WHERE k.raw_id = s.raw_id AND t.duplicate_key = s.duplicate_key AND t.source_id = s.source_id AND t.raw_id + 0 > s.raw_id
        RETURNING t.raw_id
        """;

    public static string InsertKept(PostgresNames names) =>
        $"""
        INSERT INTO {names.Entries} ({EntryTuples.EntryColumns})
        SELECT {EntryTuples.EntryColumns} FROM pg_temp.staged_entries WHERE raw_id IN (SELECT raw_id FROM pg_temp.kept) ORDER BY raw_id
        """;

    /// <summary>
    /// Stores how far the source is reprocessed ($2), and with which rules ($3), unless another run has changed the old values
    /// ($4 and $5).
    /// </summary>
    public static string SetPosition(PostgresNames names) =>
        $"UPDATE {names.Sources} SET reprocess_position = $2, reprocess_rules = $3 "
        + "WHERE source_id = $1 AND reprocess_position IS NOT DISTINCT FROM $4 AND reprocess_rules IS NOT DISTINCT FROM $5";

    /// <summary>
    /// Removes duplicates, which an earlier run was allowed to write; counts the removed ones between two positions.
    /// </summary>
    public static string RemoveDuplicates(PostgresNames names) =>
        $"""
        WITH gone AS (
            DELETE FROM {names.Entries} t USING (
                SELECT duplicate_key, min(raw_id) AS first FROM {names.Entries} WHERE source_id = $1 GROUP BY duplicate_key HAVING count(*) > 1) d
            WHERE t.source_id = $1 AND t.duplicate_key = d.duplicate_key AND t.raw_id > d.first
            RETURNING t.raw_id
        )
        SELECT count(*) FROM gone WHERE raw_id > $2 AND raw_id <= $3
        """;

    /// <summary>Counts the entries between two positions.</summary>
    public static string CountEntries(PostgresNames names) =>
        $"SELECT count(*) FROM {names.Entries} WHERE source_id = $1 AND raw_id > $2 AND raw_id <= $3";

    /// <summary>Sets the current pipeline version on entries that the current rules leave unchanged.</summary>
    public static string SetVersion(PostgresNames names) =>
        $"UPDATE {names.Entries} SET pipeline_version = $2 WHERE source_id = $1 AND pipeline_version <> $2";
}
