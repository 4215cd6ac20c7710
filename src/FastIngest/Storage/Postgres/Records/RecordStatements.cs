using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>The SQL around the records of a run.</summary>
internal static class RecordStatements
{
    /// <summary>Keeps whoever changes the schema away, and other writers out of the tables; the first, so that nobody waits crosswise.</summary>
    public static string Lock(PostgresNames names) =>
        $"""
        SELECT pg_advisory_xact_lock({PostgresSchema.LockKey(PostgresNames.Literal(names.Schema))});
        LOCK TABLE {string.Join(", ", RecordTable.All.Select(t => "ONLY " + names.Records(t.Name)))} IN SHARE ROW EXCLUSIVE MODE;
        """;

    /// <summary>Makes a month's partition. Attaching it does not get into the way of readers, as making it in its place would.</summary>
    public static string AddMonth(PostgresNames names, int month)
    {
        string parent = names.Records("heart_rate");
        string partition = names.Records(Month.Partition(month));
        (string from, string to) = Month.Bounds(month);
        return $"""
            CREATE TABLE {partition} (LIKE {parent} INCLUDING DEFAULTS);
            ALTER TABLE {parent} ATTACH PARTITION {partition} FOR VALUES FROM ({from}) TO ({to})
            """;
    }

    public static string Staging(RecordTable table) => "pg_temp.staged_" + table.Name;

    public static string CreateStaging(PostgresNames names, RecordTable table) =>
        $"CREATE TEMPORARY TABLE staged_{table.Name} (LIKE {names.Records(table.Name)}) ON COMMIT DROP";

    /// <summary>
    /// Leaves in <c>staged_days</c> which days of which users are staged. From here on whole tables are joined, by hashing,
    /// which the transaction otherwise forbids; row by row, as the planner would ask for a first match, takes forever.
    /// </summary>
    public static string CollectDays(RecordTable table) =>
        $"""
        SET LOCAL enable_hashjoin = on;
        SET LOCAL enable_nestloop = off;
        CREATE TEMPORARY TABLE staged_days ON COMMIT DROP AS SELECT DISTINCT user_id, {table.Day} AS date FROM {Staging(table)};
        CREATE TEMPORARY TABLE changed_days (LIKE staged_days) ON COMMIT DROP;
        ANALYZE pg_temp.staged_days
        """;

    /// <summary>Whether a table or partition has any of the staged days.</summary>
    public static string HasDays(RecordTable table, string target) => $"SELECT EXISTS (SELECT FROM {target} WHERE {IsOf("staged_days", table)})";

    /// <summary>
    /// Leaves in <c>changed_days</c> which of the staged days are not stored just so. Equal rows of both sides cancel each
    /// other out, as often as they come; what is left over is a difference.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="targets">It, or those of its partitions, that have any of the days.</param>
    public static string CollectChanges(RecordTable table, IEnumerable<string> targets) =>
        $"""
        INSERT INTO pg_temp.changed_days (user_id, date)
        SELECT DISTINCT user_id, {table.Day} FROM (
            SELECT {table.Columns} FROM (
                SELECT {table.Columns}, 1 AS balance FROM {Staging(table)}
                {string.Concat(targets.Select(t => $"UNION ALL SELECT {table.Columns}, -1 FROM {t} WHERE {IsOf("staged_days", table)} "))}
            ) both_sides GROUP BY {table.Columns} HAVING sum(balance) <> 0
        ) differences;
        ANALYZE pg_temp.changed_days
        """;

    /// <summary>Deletes what a table or partition has of the changed days.</summary>
    public static string DeleteChanged(RecordTable table, string target) => $"DELETE FROM {target} WHERE {IsOf("changed_days", table)}";

    public static string InsertChanged(PostgresNames names, RecordTable table) => $"{InsertStaged(names, table)} WHERE {IsOf("changed_days", table)}";

    public static string InsertStaged(PostgresNames names, RecordTable table) =>
        $"INSERT INTO {names.Records(table.Name)} ({table.Columns}) SELECT {table.Columns} FROM {Staging(table)}";

    public static string DropStaging(RecordTable table) =>
        $"""
        DROP TABLE pg_temp.staged_days, pg_temp.changed_days, {Staging(table)};
        SET LOCAL enable_hashjoin = off;
        SET LOCAL enable_nestloop = on
        """;

    private static string IsOf(string days, RecordTable table) => $"(user_id, {table.Day}) IN (SELECT d.user_id, d.date FROM pg_temp.{days} d)";
}
