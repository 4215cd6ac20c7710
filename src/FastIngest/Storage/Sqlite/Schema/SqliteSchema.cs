using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Schema;

/// <summary>
/// The tables of one part of a database: daily summaries or dictionaries. One file may have both parts. The first run that
/// needs a part creates it.
/// </summary>
public sealed class SqliteSchema
{
    private readonly SqliteTable[] _tables;

    internal SqliteSchema(params SqliteTable[] tables) => _tables = tables;

    /// <summary>The schema version, stored in <c>PRAGMA user_version</c>. It increases whenever a table of either part changes.</summary>
    public const int Version = 2;

    private const int FirstVersion = 1;

    /// <summary>The columns that later versions added to tables: the table, the column, and the statement that adds it.</summary>
    internal IReadOnlyList<(SqliteTable Table, string Column, string Statement)> Upgrades { get; init; } = [];

    /// <summary>The table of runs, which both parts share. Times are in UTC; files are JSON.</summary>
    internal static SqliteTable Runs { get; } = new(
        "ingest_runs",
        ["run_id", "started", "finished", "files", "records", "aggregated", "rejected", "rows"],
        "(run_id TEXT NOT NULL PRIMARY KEY, started TEXT NOT NULL, finished TEXT NOT NULL, files TEXT NOT NULL, "
            + "records INTEGER NOT NULL, aggregated INTEGER NOT NULL, rejected INTEGER NOT NULL, rows INTEGER NOT NULL) WITHOUT ROWID");

    /// <summary>The statements that create the tables, one per table.</summary>
    internal IEnumerable<string> Statements => _tables.Append(Runs).Select(t => $"CREATE TABLE IF NOT EXISTS {t.Name} {t.Definition}");

    /// <summary>Returns the SQL that creates both parts in a new file.</summary>
    public static string Script() =>
        $"BEGIN;\n{string.Join(";\n", SummarySchema.Tables.Statements.Concat(SqliteEntrySchema.Tables.Statements).Distinct().Concat(SqliteEntrySchema.CreateIndexes))};\n"
        + $"PRAGMA user_version = {Version};\nCOMMIT;\n";

    /// <summary>Creates the tables in a database that has none of them.</summary>
    internal void Create(SqliteDatabase database)
    {
        foreach (string statement in Statements)
        {
            database.Execute(statement);
        }

        database.Execute($"PRAGMA user_version = {Version}");
    }

    /// <summary>Checks that this program created an existing database, and creates this part if it is missing.</summary>
    /// <param name="database">A database with an open transaction.</param>
    /// <param name="path">The file as the user named it.</param>
    /// <exception cref="IngestException">Another program or a newer version of this program created the database.</exception>
    internal void CheckOrCreate(SqliteDatabase database, string path)
    {
        if (!IsIn(database, path))
        {
            Create(database);
        }
    }

    /// <summary>Whether a database has this part; false for an empty database and for one that has only the other part.</summary>
    /// <exception cref="IngestException">Another program or a newer version of this program created the database.</exception>
    internal bool IsIn(SqliteDatabase database, string path)
    {
        long version = database.Scalar("PRAGMA user_version");
        List<string> present = database.Texts("SELECT name FROM sqlite_master WHERE type = 'table'");
        if (version == 0 && database.Scalar("SELECT count(*) FROM sqlite_master") == 0)
        {
            return false;
        }

        bool hasRuns = present.Contains(Runs.Name);
        if (hasRuns && version > Version)
        {
            throw new IngestException(
                $"{path} was created by a newer version of health_ingestion (its schema version is {version}, this program supports {Version}).",
                "Use that version, or name another file.");
        }

        bool isHere = _tables.Any(t => present.Contains(t.Name)) || !hasRuns;
        if (isHere && hasRuns && version >= FirstVersion)
        {
            Upgrade(database);
        }

        foreach (SqliteTable table in isHere ? _tables.Append(Runs) : [Runs])
        {
            if (version < FirstVersion || !database.Texts($"SELECT name FROM pragma_table_info('{table.Name}') ORDER BY cid").SequenceEqual(table.Columns))
            {
                throw new IngestException(
                    $"{path} is a database that health_ingestion did not make: it has no table {table.Name} of version {Version}.",
                    "Name another file, or move this one away.");
            }
        }

        return isHere;
    }

    /// <summary>
    /// Makes a database of an older version look like one of this version to this connection alone: a temporary view with the
    /// name of the table has null in the columns that were added later. Nothing is written to the file.
    /// </summary>
    internal void ViewOlder(SqliteDatabase database)
    {
        foreach ((SqliteTable table, string column, _) in Upgrades)
        {
            List<string> columns = database.Texts($"SELECT name FROM pragma_table_info('{table.Name}') ORDER BY cid");
            if (columns.SequenceEqual(table.Columns.Where(c => c != column)))
            {
                database.Execute($"CREATE TEMP VIEW {table.Name} AS SELECT *, NULL AS {column} FROM main.{table.Name}");
            }
        }
    }

    /// <summary>Adds the columns that an older version of this program did not know.</summary>
    private void Upgrade(SqliteDatabase database)
    {
        foreach ((SqliteTable table, string column, string statement) in Upgrades)
        {
            List<string> columns = database.Texts($"SELECT name FROM pragma_table_info('{table.Name}') ORDER BY cid");
            if (columns.SequenceEqual(table.Columns.Where(c => c != column)))
            {
                database.Execute(statement);
                database.Execute($"PRAGMA user_version = {Version}");
            }
        }
    }
}
