using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>The SQL statements for the records of a run, besides COPY.</summary>
internal static class RecordStatements
{
    /// <summary>Locks out migrations of the schema and other writers of the tables. It comes before all other locks, to avoid deadlocks.</summary>
    public static string Lock(PostgresNames names) =>
        $"""
        SELECT pg_advisory_xact_lock({PostgresSchema.LockKey(PostgresNames.Literal(names.Schema))});
        LOCK TABLE {string.Join(", ", RecordTable.All.Select(t => "ONLY " + names.Records(t.Name)))} IN SHARE ROW EXCLUSIVE MODE;
        """;

    /// <summary>Creates the partition of a month. It is created separately and then attached, because this does not block readers.</summary>
    public static string AddMonth(PostgresNames names, RecordTable table, int month)
    {
        string parent = names.Records(table.Name);
        string partition = names.Records(Month.Partition(table.Name, month));
        (string from, string to) = Month.Bounds(month);
        return $"""
            CREATE TABLE {partition} (LIKE {parent} INCLUDING DEFAULTS);
            ALTER TABLE {parent} ATTACH PARTITION {partition} FOR VALUES FROM ({from}) TO ({to})
            """;
    }

    public static string Staging(RecordTable table) => "pg_temp.staged_" + table.Name;

    public static string CreateStaging(PostgresNames names, RecordTable table) =>
        $"CREATE TEMPORARY TABLE staged_{table.Name} (LIKE {names.Records(table.Name)}) ON COMMIT DROP";

    public const string KeptDays = "pg_temp.kept_days";

    public const string CreateKeptDays =
        "CREATE TEMPORARY TABLE kept_days (category integer NOT NULL, user_id text COLLATE \"C\" NOT NULL, date date NOT NULL) ON COMMIT DROP";

    /// <summary>Removes the staged records of days whose stored records stay.</summary>
    public static string DropKept(RecordTable table) =>
        $"DELETE FROM {Staging(table)} WHERE (user_id, {table.Day}) IN (SELECT d.user_id, d.date FROM {KeptDays} d WHERE d.category = {(int)table.Category})";

    /// <summary>
    /// Precedes statements that join whole tables. They need hash joins, which the transaction otherwise disables. Nested loops,
    /// which the planner would prefer, are far too slow.
    /// </summary>
    public const string JoinWhole = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_nestloop = off";

    /// <summary>Stores the users and days of the staged records in <c>staged_days</c>.</summary>
    public static string CollectDays(RecordTable table) =>
        $"""
        CREATE TEMPORARY TABLE staged_days ON COMMIT DROP AS SELECT DISTINCT user_id, {table.Day} AS date FROM {Staging(table)};
        CREATE TEMPORARY TABLE changed_days (LIKE staged_days) ON COMMIT DROP;
        ANALYZE pg_temp.staged_days
        """;

    /// <summary>Checks whether a table or partition contains any of the staged days.</summary>
    public static string HasDays(RecordTable table, string target) => $"SELECT EXISTS (SELECT FROM {target} WHERE {IsOf("staged_days", table)})";

    /// <summary>
    /// Stores in <c>changed_days</c> the staged days whose stored records differ. Each staged row counts +1 and each stored row
    /// counts -1. If the sum of equal rows is not 0, the day differs.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="targets">The table, or its partitions, that contain any of the days.</param>
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

    /// <summary>Deletes the rows of changed days from a table or partition.</summary>
    public static string DeleteChanged(RecordTable table, string target) => $"DELETE FROM {target} WHERE {IsOf("changed_days", table)}";

    public static string InsertChanged(PostgresNames names, RecordTable table) => $"{InsertStaged(names, table)} WHERE {IsOf("changed_days", table)}";

    public static string InsertStaged(PostgresNames names, RecordTable table) =>
        $"INSERT INTO {names.Records(table.Name)} ({table.Columns}) SELECT {table.Columns} FROM {Staging(table)}";

    public static string DropStaging(RecordTable table) => $"DROP TABLE {Staging(table)}; {DropDays}";

    /// <summary>Ends what <see cref="CollectDays"/> and <see cref="JoinWhole"/> began.</summary>
    public const string DropDays =
        """
        DROP TABLE pg_temp.staged_days, pg_temp.changed_days;
        SET LOCAL enable_hashjoin = off;
        SET LOCAL enable_nestloop = on
        """;

    /// <summary>
    /// Stores in <c>missing</c> the stored records of the staged days that the staged records lack: of each distinct record, as many
    /// as are stored more often than staged.
    /// </summary>
    /// <param name="names">The names of the tables.</param>
    /// <param name="table">The table.</param>
    /// <param name="targets">The table, or its partitions, that contain any of the days.</param>
    public static string CollectMissing(PostgresNames names, RecordTable table, IEnumerable<string> targets) =>
        $"""
        SET LOCAL work_mem = '64MB';
        CREATE TEMPORARY TABLE missing (LIKE {names.Records(table.Name)}) ON COMMIT DROP;
        INSERT INTO pg_temp.missing ({table.Columns})
        ({string.Join(" UNION ALL ", targets.Select(t => $"SELECT {table.Columns} FROM {t} WHERE {IsOf("staged_days", table)}"))})
        EXCEPT ALL SELECT {table.Columns} FROM {Staging(table)}
        """;

    public static string ReadMissing(RecordTable table) =>
        $"COPY (SELECT {table.Fields} FROM pg_temp.missing ORDER BY {table.Order}) TO STDOUT (FORMAT BINARY)";

    public static string StageMissing(RecordTable table) =>
        $"INSERT INTO {Staging(table)} ({table.Columns}) SELECT {table.Columns} FROM pg_temp.missing";

    public const string DropMissing = "DROP TABLE pg_temp.missing";

    private static string IsOf(string days, RecordTable table) => $"(user_id, {table.Day}) IN (SELECT d.user_id, d.date FROM pg_temp.{days} d)";
}
