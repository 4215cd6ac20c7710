using FastIngest.Health;
using SQLitePCL;

namespace FastIngest.Sinks.Sqlite;

/// <summary>
/// A new database: built under another name without journal or sync, because until it is renamed nobody can see it and
/// afterwards it is whole and on the disk.
/// </summary>
internal sealed class SqliteBuild : ISqliteTarget
{
    private const int RowsPerCancellationCheck = 256;

    private readonly PartialFile _file;
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _insert;
    private readonly SqliteUsers _users;
    private readonly SqliteRuns _runs;
    private long _rows;

    private SqliteBuild(PartialFile file, SqliteDatabase database, SqliteTuning tuning, SinkRun run)
    {
        _file = file;
        _database = database;
        database.Execute($"PRAGMA page_size = {tuning.PageBytes}");
        database.Execute($"PRAGMA cache_size = {-tuning.CacheBytes / 1024}");
        database.Execute("PRAGMA journal_mode = OFF");
        database.Execute("PRAGMA synchronous = OFF");
        database.Execute("PRAGMA locking_mode = EXCLUSIVE");
        if (tuning.PagesMax > 0)
        {
            database.Execute($"PRAGMA max_page_count = {tuning.PagesMax}");
        }

        database.Execute("BEGIN");
        SqliteSchema.Create(database);
        _insert = database.Prepare(SqliteSchema.InsertSummary);
        _users = new SqliteUsers(database);
        _runs = new SqliteRuns(database);
        _runs.Begin(run);
    }

    /// <summary>Creates the file under its temporary name, and the tables in it.</summary>
    /// <param name="displayPath">The database as the user named it.</param>
    /// <param name="target">Its path from <see cref="PartialFile.Resolve"/>.</param>
    /// <param name="tuning">Page and cache sizes.</param>
    /// <param name="run">Recorded in <c>ingest_runs</c>.</param>
    public static SqliteBuild Open(string displayPath, string target, SqliteTuning tuning, SinkRun run)
    {
        PartialFile file = PartialFile.Create(displayPath, target);
        SqliteDatabase? database = null;
        try
        {
            database = SqliteDatabase.Open(displayPath, file.PartialPath);
            return new SqliteBuild(file, database, tuning, run);
        }
        catch
        {
            database?.Dispose();
            file.Dispose();
            throw;
        }
    }

    public void Write(SummaryBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref readonly UserProfile user in batch.Users)
        {
            _users.Store(batch, user);
        }

        ReadOnlySpan<DailySummary> rows = batch.Rows;
        ReadOnlySpan<byte> text = batch.Text(new TextRef(0, batch.TextLength));
        for (int i = 0; i < rows.Length; i++)
        {
            if (i % RowsPerCancellationCheck == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            int result = SqliteNative.InsertSummary(_insert.Pointer, text, rows[i]);
            if (result != raw.SQLITE_DONE)
            {
                _database.Fail(result);
            }
        }

        _rows += rows.Length;
        _file.Wrote(text.Length);
    }

    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _runs.Finish(figures);
        _database.Execute("COMMIT");
        _database.Dispose();
        await _file.PublishAsync(replace: false, cancellationToken).ConfigureAwait(false);
        return new SinkResult(_rows, _rows, 0, 0);
    }

    public void Dispose()
    {
        _database.Dispose();
        _file.Dispose();
    }
}
