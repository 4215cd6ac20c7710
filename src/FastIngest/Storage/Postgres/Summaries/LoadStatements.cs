using FastIngest.Storage.Postgres.Records;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>The SQL statements of a run that stores summaries, besides COPY.</summary>
internal static class LoadStatements
{
    private const int LockTimeoutMs = 10_000;

    /// <summary>The columns of a profile without its key.</summary>
    private static readonly string[] ProfileValues = ["name", "age", "gender", "height", "weight", "fitness_level"];

    /// <summary>
    /// Begins the transaction, locks the tables and creates temporary ones. The planner settings force lookups through the primary
    /// key: statistics are missing right after a first load, and the planner does not know how few keys a batch has. The idle
    /// timeout is disabled, because the transaction is idle while files are read.
    /// </summary>
    public static string Begin(PostgresNames names, bool takesRecords) =>
        $"""
        BEGIN ISOLATION LEVEL READ COMMITTED;
        SET LOCAL enable_hashjoin = off;
        SET LOCAL enable_mergejoin = off;
        SET LOCAL jit = off;
        SET LOCAL lock_timeout = {LockTimeoutMs};
        SET LOCAL idle_in_transaction_session_timeout = 0;
        {(takesRecords ? RecordStatements.Lock(names) : "")}
        LOCK TABLE {names.Summaries}, {names.Users} IN SHARE ROW EXCLUSIVE MODE;
        CREATE TEMPORARY TABLE users_of_run (
            n integer NOT NULL, user_id text COLLATE "C" NOT NULL, name text, age double precision, gender text,
            height double precision, weight double precision, fitness_level text, sentence text NOT NULL) ON COMMIT DROP;
        CREATE INDEX ON users_of_run (user_id);
        CREATE TEMPORARY TABLE changed_rows (LIKE {names.Summaries}) ON COMMIT DROP;
        {StoredRows.TemporaryTable}
        """;

    /// <summary>Updates the stored rows from <c>changed_rows</c>.</summary>
    public static string UpsertChanged(PostgresNames names)
    {
        string[] values = [.. PostgresNames.SummaryColumns.Skip(2)];
        return $"""
            INSERT INTO {names.Summaries} AS d ({PostgresNames.SummaryColumnList})
            SELECT {PostgresNames.SummaryColumnList} FROM pg_temp.changed_rows
            ON CONFLICT (user_id, date) DO UPDATE SET {List(values, "{0} = excluded.{0}")}
            WHERE ({List(values, "d.{0}")}) IS DISTINCT FROM ({List(values, "excluded.{0}")})
            """;
    }

    /// <summary>
    /// Keeps only new and changed profiles in <c>users_of_run</c>. A user can occur twice if U+0000 was removed from an id; then the
    /// last profile wins.
    /// </summary>
    public static string DropOldProfiles(PostgresNames names) =>
        $"""
        SET LOCAL enable_hashjoin = on;
        SET LOCAL enable_mergejoin = on;
        ANALYZE pg_temp.users_of_run;
        DELETE FROM pg_temp.users_of_run r USING (SELECT user_id, max(n) AS n FROM pg_temp.users_of_run GROUP BY user_id) l
        WHERE l.user_id = r.user_id AND r.n < l.n;
        DELETE FROM pg_temp.users_of_run r USING {names.Users} u
        WHERE u.user_id = r.user_id AND ({List(ProfileValues, "u.{0}")}) IS NOT DISTINCT FROM ({List(ProfileValues, "r.{0}")})
        """;

    /// <summary>Stores the profiles that remain in <c>users_of_run</c>.</summary>
    public static string UpsertProfiles(PostgresNames names) =>
        $"""
        INSERT INTO {names.Users} ({ProfileTuples.Columns})
        SELECT {ProfileTuples.Columns} FROM pg_temp.users_of_run
        ON CONFLICT (user_id) DO UPDATE SET {List(ProfileValues, "{0} = excluded.{0}")}
        """;

    /// <summary>
    /// Updates the profile sentence in the summaries of the users in <c>users_of_run</c>. A summary begins with this sentence, and
    /// the first of its parts is the length of the sentence in bytes.
    /// </summary>
    public static string RefreshProfileSentences(PostgresNames names) =>
        $"""
        WITH sentences AS (
            SELECT d.user_id, d.date, r.sentence || ' on ' || to_char(d.date, 'YYYY-MM-DD') || '.' AS fresh,
                split_part(d.summary_parts, ',', 1)::integer AS stale_bytes, convert_to(d.summary, 'UTF8') AS summary, d.summary_parts
            FROM pg_temp.users_of_run r JOIN {names.Summaries} d ON d.user_id = r.user_id
        )
        UPDATE {names.Summaries} d
        SET summary = o.fresh || convert_from(substr(o.summary, o.stale_bytes + 1), 'UTF8'),
            summary_parts = octet_length(o.fresh) || substr(o.summary_parts, strpos(o.summary_parts, ','))
        FROM sentences o
        WHERE d.user_id = o.user_id AND d.date = o.date AND convert_to(o.fresh, 'UTF8') IS DISTINCT FROM substr(o.summary, 1, o.stale_bytes)
        """;

    private static string List(IEnumerable<string> columns, string form) =>
        string.Join(", ", columns.Select(c => form.Replace("{0}", c, StringComparison.Ordinal)));
}
