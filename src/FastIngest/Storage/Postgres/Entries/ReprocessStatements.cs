using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>The SQL statements of <c>reprocess</c>, besides COPY.</summary>
internal static class ReprocessStatements
{
    public const string Begin = "BEGIN ISOLATION LEVEL READ COMMITTED";

    /// <summary>Creates the temporary tables for changes.</summary>
    public static string Staging(PostgresNames names) =>
        $"""
        SET temp_buffers = '32MB';
        SET jit = off;
        SET lock_timeout = 10000;
        CREATE TEMPORARY TABLE staged_removed (raw_id bigint NOT NULL) ON COMMIT DELETE ROWS;
        CREATE TEMPORARY TABLE staged_entries (LIKE {names.Entries}) ON COMMIT DELETE ROWS;
        ALTER TABLE pg_temp.staged_entries ALTER updated_at SET DEFAULT now();
        CREATE TEMPORARY TABLE kept (raw_id bigint NOT NULL) ON COMMIT DELETE ROWS
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

    /// <summary>Stores how far the source is reprocessed, and with which rules.</summary>
    public static string SetPosition(PostgresNames names) =>
        $"UPDATE {names.Sources} SET reprocess_position = $2, reprocess_rules = $3 WHERE source_id = $1";

    /// <summary>
    /// Removes duplicates, which an earlier run was allowed to write; counts the removed ones after a position.
    /// </summary>
    public static string RemoveDuplicates(PostgresNames names) =>
        $"""
        WITH gone AS (
            DELETE FROM {names.Entries} t USING (
                SELECT duplicate_key, min(raw_id) AS first FROM {names.Entries} WHERE source_id = $1 GROUP BY duplicate_key HAVING count(*) > 1) d
            WHERE t.source_id = $1 AND t.duplicate_key = d.duplicate_key AND t.raw_id > d.first
            RETURNING t.raw_id
        )
        SELECT count(*) FROM gone WHERE raw_id > $2
        """;

    /// <summary>Counts the entries after a position.</summary>
    public static string CountEntries(PostgresNames names) =>
        $"SELECT count(*) FROM {names.Entries} WHERE source_id = $1 AND raw_id > $2";

    /// <summary>Sets the current pipeline version on entries that the current rules leave unchanged.</summary>
    public static string SetVersion(PostgresNames names) =>
        $"UPDATE {names.Entries} SET pipeline_version = $2 WHERE source_id = $1 AND pipeline_version <> $2";
}
