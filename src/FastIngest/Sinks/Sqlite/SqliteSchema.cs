using FastIngest.Health;

namespace FastIngest.Sinks.Sqlite;

/// <summary>
/// The tables. <c>daily_summaries</c> has the columns of <see cref="SummaryColumn.All"/> and <c>summary_parts</c>
/// (see <see cref="SummaryParts"/>); <c>users</c> holds the profiles, from which a later run renders openings;
/// <c>ingest_runs</c> has one row a run, its times in UTC and its files as JSON.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>Kept in <c>PRAGMA user_version</c>; rises whenever a table changes.</summary>
    public const int Version = 1;

    /// <summary>Every table with its columns, in order.</summary>
    private static readonly (string Table, string[] Columns, string Definition)[] Tables =
    [
        (
            "daily_summaries",
            [.. SummaryColumn.All.Select(c => c.Name), "summary_parts"],
            string.Join(", ", SummaryColumn.All.Select(Define)) + ", summary_parts TEXT NOT NULL, PRIMARY KEY (user_id, date)"
        ),
        (
            "users",
            ["user_id", "name", "age", "gender", "height", "weight", "fitness_level"],
            "user_id TEXT NOT NULL PRIMARY KEY, name TEXT, age REAL, gender TEXT, height REAL, weight REAL, fitness_level TEXT"
        ),
        (
            "ingest_runs",
            ["run_id", "started", "finished", "files", "records", "aggregated", "rejected", "rows"],
            "run_id TEXT NOT NULL PRIMARY KEY, started TEXT NOT NULL, finished TEXT NOT NULL, files TEXT NOT NULL, "
                + "records INTEGER NOT NULL, aggregated INTEGER NOT NULL, rejected INTEGER NOT NULL, rows INTEGER NOT NULL"
        ),
    ];

    /// <summary>Inserts a row of <c>daily_summaries</c>; its parameters are what <see cref="SqliteNative"/> binds.</summary>
    public static string InsertSummary { get; } =
        $"INSERT INTO daily_summaries VALUES ({string.Join(", ", Enumerable.Repeat("?", SqliteNative.ParameterCount))})";

    /// <summary>The same, but a row with that key takes the new values.</summary>
    public static string UpsertSummary { get; } =
        $"{InsertSummary} ON CONFLICT (user_id, date) DO UPDATE SET "
        + string.Join(", ", Tables[0].Columns.Skip(2).Select(column => $"{column} = excluded.{column}"));

    /// <summary>All columns of one row by its key.</summary>
    public static string SelectSummary { get; } =
        $"SELECT {string.Join(", ", Tables[0].Columns)} FROM daily_summaries WHERE user_id = ? AND date = ?";

    /// <summary>Makes the tables in an empty database.</summary>
    public static void Create(SqliteDatabase database)
    {
        foreach ((string table, _, string definition) in Tables)
        {
            database.Execute($"CREATE TABLE {table} ({definition}) WITHOUT ROWID");
        }

        database.Execute($"PRAGMA user_version = {Version}");
    }

    /// <summary>Checks that an existing database is one of ours; an empty one is made ours.</summary>
    /// <param name="database">With a transaction open.</param>
    /// <param name="path">The file as the user named it.</param>
    /// <exception cref="IngestException">Another program made it, or a newer version of this one.</exception>
    public static void CheckOrCreate(SqliteDatabase database, string path)
    {
        long version = database.Scalar("PRAGMA user_version");
        if (version == 0 && database.Scalar("SELECT count(*) FROM sqlite_master") == 0)
        {
            Create(database);
            return;
        }

        bool hasOurs = database.Scalar("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'daily_summaries'") > 0;
        if (hasOurs && version > Version)
        {
            throw new IngestException(
                $"{path} was made by a newer version of health_ingestion (its schema is {version}, this one knows {Version}).",
                "Use that version, or name another file.");
        }

        foreach ((string table, string[] columns, _) in Tables)
        {
            if (version != Version || !database.Texts($"SELECT name FROM pragma_table_info('{table}') ORDER BY cid").SequenceEqual(columns))
            {
                throw new IngestException(
                    $"{path} is a database that health_ingestion did not make: it has no table {table} of version {Version}.",
                    "Name another file, or move this one away.");
            }
        }
    }

    private static string Define(SummaryColumn column) => column.Kind switch
    {
        ColumnKind.Count => $"{column.Name} INTEGER NOT NULL",
        ColumnKind.Number => $"{column.Name} REAL",
        ColumnKind.Date => $"{column.Name} TEXT NOT NULL",
        _ => column.Owner is null ? $"{column.Name} TEXT NOT NULL" : $"{column.Name} TEXT",
    };
}
