using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>What <c>reprocess</c> says to the server besides COPY.</summary>
internal static class ReprocessStatements
{
    public const string Begin = "BEGIN ISOLATION LEVEL READ COMMITTED";

    /// <summary>The tables of the session into which changes go.</summary>
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

    /// <summary>Removes entries that no longer pass.</summary>
    public static string RemoveFailed(PostgresNames names) =>
        $"DELETE FROM {names.Entries} WHERE raw_id IN (SELECT raw_id FROM pg_temp.staged_removed)";

    /// <summary>Removes the old form of entries that changed.</summary>
    public static string RemoveChanged(PostgresNames names) =>
        $"DELETE FROM {names.Entries} WHERE raw_id IN (SELECT raw_id FROM pg_temp.staged_entries)";

    /// <summary>
    /// Chooses those that are written: of entries that are alike the one of the lowest record. Here and below 0 is added to a
    /// raw_id that only restricts, so that entries are found by their key: a planner without statistics, as right after
    /// a load, would go through the index of raw_id for each, by the thousands.
    /// </summary>
    public static string Choose(PostgresNames names, bool allowsDuplicates) => allowsDuplicates
        ? "INSERT INTO pg_temp.kept SELECT raw_id FROM pg_temp.staged_entries"
        : $"""
        INSERT INTO pg_temp.kept SELECT s.raw_id
        FROM (SELECT DISTINCT ON (duplicate_key) raw_id, duplicate_key, source_id FROM pg_temp.staged_entries ORDER BY duplicate_key, raw_id) s
        WHERE (SELECT 1 FROM {names.Entries} t WHERE t.duplicate_key = s.duplicate_key AND t.source_id = s.source_id AND t.raw_id + 0 < s.raw_id LIMIT 1) IS NULL
        """;

    /// <summary>Removes entries of later records that are like those to be written, and returns their records.</summary>
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

    /// <summary>Notes how far the source is done, and by which rules.</summary>
    public static string SetPosition(PostgresNames names) =>
        $"UPDATE {names.Sources} SET reprocess_position = $2, reprocess_rules = $3 WHERE source_id = $1";

    /// <summary>
    /// Removes entries like one before, which an earlier run was allowed to write; counts those behind a position.
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

    /// <summary>How many entries there are behind a position.</summary>
    public static string CountEntries(PostgresNames names) =>
        $"SELECT count(*) FROM {names.Entries} WHERE source_id = $1 AND raw_id > $2";

    /// <summary>Entries that today's rules would make the same are theirs from now on.</summary>
    public static string SetVersion(PostgresNames names) =>
        $"UPDATE {names.Entries} SET pipeline_version = $2 WHERE source_id = $1 AND pipeline_version <> $2";
}
