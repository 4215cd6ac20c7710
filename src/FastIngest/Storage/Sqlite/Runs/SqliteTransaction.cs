using FastIngest.Storage.Files;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Schema;
using FastIngest.Storage.Sqlite.Trees;

namespace FastIngest.Storage.Sqlite.Runs;

/// <summary>
/// Makes the writes of a run to a database file atomic. A new database is built in a partial file without journal or sync; it
/// is synced and renamed only when it is complete. An existing database is changed in one transaction, which holds the write
/// lock from its start to its end. If the process is killed, the database has either all changes or none. Disposing it without
/// a commit rolls everything back.
/// </summary>
internal sealed class SqliteTransaction : IDisposable
{
    private readonly PartialFile? _file;
    private readonly SqliteTuning _tuning;
    private PageWriter? _pages;

    private SqliteTransaction(SqliteDatabase database, SqliteTuning tuning, PartialFile? file)
    {
        Database = database;
        _tuning = tuning;
        _file = file;
    }

    /// <summary>The connection; closed between <see cref="OpenPages"/> and <see cref="ClosePages"/>.</summary>
    public SqliteDatabase Database { get; private set; }

    /// <summary>Whether the file did not exist before; its tables are then empty.</summary>
    public bool IsNew => _file is not null;

    /// <summary>Opens or creates the database, checks that this program created it, and creates missing tables.</summary>
    /// <param name="displayPath">The file as the user named it.</param>
    /// <param name="schema">The tables that the run needs.</param>
    /// <param name="tuning">Sizes and timeouts.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <exception cref="IngestException">
    /// The file cannot be written, was not created by this program, is locked, or is being built by another run.
    /// </exception>
    public static async ValueTask<SqliteTransaction> BeginAsync(string displayPath, SqliteSchema schema, SqliteTuning tuning, CancellationToken cancellationToken)
    {
        string target = PartialFile.Resolve(displayPath);
        if (SpecialFile.Is(target))
        {
            throw new IngestException($"{displayPath} is a device or a pipe, which cannot hold a database.", "Name a regular file.");
        }

        PartialFile? file = File.Exists(target) ? null : PartialFile.Create(displayPath, target);
        SqliteDatabase? database = null;
        try
        {
            database = SqliteDatabase.Open(displayPath, file?.PartialPath ?? target, time: tuning.Time);
            if (database.IsReadOnly)
            {
                throw FileFault.NotWritable(displayPath);
            }

            // This affects only empty files, which have no page size yet.
            database.Execute($"PRAGMA page_size = {tuning.PageBytes}");
            if (file is null)
            {
                await database.ExecuteWhenUnlockedAsync("BEGIN IMMEDIATE", tuning.BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                BeginWithoutJournal(database);
            }

            SetLimits(database, tuning);
            schema.CheckOrCreate(database, displayPath);
            return new SqliteTransaction(database, tuning, file);
        }
        catch
        {
            database?.Dispose();
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Enlarges the page cache for index lookups.</summary>
    public void WidenCache() => Database.SetCache(_tuning.IndexCacheBytes);

    /// <summary>Counts bytes that were written to a new file; see <see cref="PartialFile.CountWritten"/>.</summary>
    public void CountWritten(long bytes) => _file?.CountWritten(bytes);

    /// <summary>The number of a table's first page.</summary>
    public uint RootPage(string table)
    {
        using SqliteStatement select = Database.Compile("SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = ?");
        select.Bind(1, table).Step();
        return (uint)select.Int64(0);
    }

    /// <summary>Closes the connection to a new file, so that pages can be appended to it without SQLite. Call <see cref="ClosePages"/> after that.</summary>
    public PageWriter OpenPages()
    {
        Database.Execute("COMMIT");
        uint pages = (uint)Database.Scalar("PRAGMA page_count");
        Database.Dispose();
        _pages = new PageWriter(_file!, _tuning.PageBytes, pages, (uint)_tuning.PagesMax);
        return _pages;
    }

    /// <summary>Writes what is left of the pages and opens the connection again, with a new transaction.</summary>
    /// <exception cref="IngestException">The disk is full or broken.</exception>
    public void ClosePages()
    {
        _pages!.Finish();
        Database = SqliteDatabase.Open(_file!.DisplayPath, _file.PartialPath, time: _tuning.Time);
        BeginWithoutJournal(Database);
        SetLimits(Database, _tuning);
    }

    /// <summary>Commits the changes; a new file gets its final name.</summary>
    /// <exception cref="IngestException">The disk is full, or a file of this name appeared in the meantime.</exception>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Database.ExecuteWhenUnlockedAsync("COMMIT", _tuning.BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
        Database.Dispose();
        if (_file is not null)
        {
            await _file.PublishAsync(replace: false, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        Database.Dispose();
        _file?.Dispose();
    }

    /// <summary>Nobody sees a new file before it is complete, so that it needs neither a journal nor locks, and one sync at the end.</summary>
    private static void BeginWithoutJournal(SqliteDatabase database)
    {
        database.Execute("PRAGMA journal_mode = OFF");
        database.Execute("PRAGMA synchronous = OFF");
        database.Execute("PRAGMA locking_mode = EXCLUSIVE");
        database.Execute("BEGIN");
    }

    private static void SetLimits(SqliteDatabase database, SqliteTuning tuning)
    {
        database.SetCache(tuning.CacheBytes);
        if (tuning.PagesMax > 0)
        {
            database.Execute($"PRAGMA max_page_count = {tuning.PagesMax}");
        }
    }
}
