using FastIngest.Storage.Sqlite.Connection;

namespace FastIngest.Storage.Sqlite.Schema;

/// <summary>
/// The tables of one half of a database: of daily summaries or of dictionaries. One file may have both; each is made by
/// the first run that needs it.
/// </summary>
public sealed class SqliteSchema
{
    private readonly SqliteTable[] _tables;

    internal SqliteSchema(params SqliteTable[] tables) => _tables = tables;

    /// <summary>Kept in <c>PRAGMA user_version</c>; rises whenever a table of either half changes.</summary>
    public const int Version = 1;

    /// <summary>Both halves record their runs here; times are in UTC, files are JSON.</summary>
    internal static SqliteTable Runs { get; } = new(
        "ingest_runs",
        ["run_id", "started", "finished", "files", "records", "aggregated", "rejected", "rows"],
        "(run_id TEXT NOT NULL PRIMARY KEY, started TEXT NOT NULL, finished TEXT NOT NULL, files TEXT NOT NULL, "
            + "records INTEGER NOT NULL, aggregated INTEGER NOT NULL, rejected INTEGER NOT NULL, rows INTEGER NOT NULL) WITHOUT ROWID");

    /// <summary>What makes the tables, a statement each.</summary>
    internal IEnumerable<string> Statements => _tables.Append(Runs).Select(t => $"CREATE TABLE IF NOT EXISTS {t.Name} {t.Definition}");

    /// <summary>The SQL that makes both halves in a new file.</summary>
    public static string Script() =>
        $"BEGIN;\n{string.Join(";\n", SummarySchema.Tables.Statements.Concat(SqliteEntrySchema.Tables.Statements).Distinct().Concat(SqliteEntrySchema.CreateIndexes))};\n"
        + $"PRAGMA user_version = {Version};\nCOMMIT;\n";

    /// <summary>Makes the tables in a database that has none of them.</summary>
    internal void Create(SqliteDatabase database)
    {
        foreach (string statement in Statements)
        {
            database.Execute(statement);
        }

        database.Execute($"PRAGMA user_version = {Version}");
    }

    /// <summary>Checks that an existing database is one of ours, and makes this half where it is missing.</summary>
    /// <param name="database">With a transaction open.</param>
    /// <param name="path">The file as the user named it.</param>
    /// <exception cref="IngestException">Another program made it, or a newer version of this one.</exception>
    internal void CheckOrCreate(SqliteDatabase database, string path)
    {
        if (!IsIn(database, path))
        {
            Create(database);
        }
    }

    /// <summary>Whether a database has this half; false for an empty one and for one of ours that has the other half alone.</summary>
    /// <exception cref="IngestException">Another program made it, or a newer version of this one.</exception>
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
                $"{path} was made by a newer version of health_ingestion (its schema is {version}, this one knows {Version}).",
                "Use that version, or name another file.");
        }

        bool isHere = _tables.Any(t => present.Contains(t.Name)) || !hasRuns;
        foreach (SqliteTable table in isHere ? _tables.Append(Runs) : [Runs])
        {
            if (version != Version || !database.Texts($"SELECT name FROM pragma_table_info('{table.Name}') ORDER BY cid").SequenceEqual(table.Columns))
            {
                throw new IngestException(
                    $"{path} is a database that health_ingestion did not make: it has no table {table.Name} of version {Version}.",
                    "Name another file, or move this one away.");
            }
        }

        return isHere;
    }
}
