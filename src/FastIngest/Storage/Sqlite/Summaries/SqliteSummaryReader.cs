using FastIngest.Health;
using FastIngest.Storage.Files;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;
using FastIngest.Storage.Sqlite.Schema;
using FastIngest.Stored;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Reads the daily summaries of a SQLite file, which may be read-only. The calls do their work on the caller's thread.</summary>
/// <param name="path">The database file.</param>
/// <param name="isReadOnly">Whether the file is opened so that nothing can write to it, not even to undo what a killed run left.</param>
public sealed class SqliteSummaryReader(string path, bool isReadOnly = false) : ISummaryReader
{
    /// <summary>How long a page waits for another run to commit.</summary>
    private const int BusyTimeoutMs = 10_000;

    private SqliteDatabase? _database;

    public string DisplayName => "sqlite:" + path;

    /// <summary>The open database.</summary>
    internal SqliteDatabase Database => _database ?? throw new InvalidOperationException("The reader is not open.");

    /// <exception cref="IngestException">The file is missing, cannot be read, was not created by this program, or has no daily summaries.</exception>
    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string file = PartialFile.Resolve(path);
        if (Directory.Exists(file))
        {
            throw FileFault.IsFolder(path);
        }

        if (!File.Exists(file))
        {
            throw new IngestException($"{path} does not exist: there is nothing to read.", "Load health data with health_ingestion ingest first, or name the database that holds it.");
        }

        // SQLite opens the file read-only if it is not writable. If it is writable, SQLite first rolls back the transaction of a killed run.
        SqliteDatabase database = _database = SqliteDatabase.Open(path, file, isForReading: true, isReadOnly);
        database.Execute($"PRAGMA busy_timeout = {BusyTimeoutMs}");
        SummarySchema.Tables.ViewOlder(database);
        database.Execute("PRAGMA query_only = ON");
        if (!SummarySchema.Tables.IsIn(database, path))
        {
            throw new IngestException($"{path} has no tables of daily summaries.", "Load health data with health_ingestion ingest first, or name the database that holds it.");
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<long> CountAsync(SummaryQuery query, CancellationToken cancellationToken) => ValueTask.FromResult(SqliteSummaryPages.Count(Database, query));

    public IAsyncEnumerable<SummaryBatch> ReadAsync(SummaryQuery query, CancellationToken cancellationToken) =>
        Pages.EnumerateAsync(() => new SqliteSummaryPages(Database, path, query), new SummaryBatch(query.PageRows, query.PageBytes), cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<StoredUser>> ReadUsersAsync(string? after, int pageRows, CancellationToken cancellationToken) =>
        Pages.EnumerateAsync(() => new SqliteUserPages(Database, path, after, pageRows), new List<StoredUser>(), cancellationToken);

    public IAsyncEnumerable<IReadOnlyList<StoredProfile>> ReadProfilesAsync(string? userId, int pageRows, CancellationToken cancellationToken) =>
        Pages.EnumerateAsync(() => new SqliteProfilePages(Database, userId, pageRows), new List<StoredProfile>(), cancellationToken);

    public ValueTask<IReadOnlyList<StoredRun>> ReadRunsAsync(int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(SqliteRuns.Read(Database, limit));
    }

    public ValueTask DisposeAsync()
    {
        _database?.Dispose();
        _database = null;
        return ValueTask.CompletedTask;
    }
}
