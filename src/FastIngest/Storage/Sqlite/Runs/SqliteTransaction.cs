using FastIngest.Storage.Files;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Schema;

namespace FastIngest.Storage.Sqlite.Runs;

/// <summary>
/// A database that a run writes to as a whole. A new one is built under another name without journal or sync, because until
/// it is renamed nobody can see it and afterwards it is whole and on the disk. An existing one is changed in one transaction
/// that holds the write lock from here to its end: killed at any moment, it is as before or as after. Disposing it
/// uncommitted undoes everything.
/// </summary>
internal sealed class SqliteTransaction : IDisposable
{
    private readonly PartialFile? _file;
    private readonly SqliteTuning _tuning;

    private SqliteTransaction(SqliteDatabase database, SqliteTuning tuning, PartialFile? file)
    {
        Database = database;
        _tuning = tuning;
        _file = file;
    }

    public SqliteDatabase Database { get; }

    /// <summary>Whether the file did not exist; its tables are empty then.</summary>
    public bool IsNew => _file is not null;

    /// <summary>Opens or begins the database, checks that it is ours, and makes the tables that it lacks.</summary>
    /// <param name="displayPath">The file as the user named it.</param>
    /// <param name="schema">The tables that the run needs.</param>
    /// <param name="tuning">Page and cache sizes, and patience.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <exception cref="IngestException">
    /// The file cannot be written, is not a database that this program made, is locked, or is being built by another run.
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

            // An empty file has no page size yet; for others this changes nothing.
            database.Execute($"PRAGMA page_size = {tuning.PageBytes}");
            if (file is null)
            {
                await database.ExecuteWhenUnlockedAsync("BEGIN IMMEDIATE", tuning.BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                database.Execute("PRAGMA journal_mode = OFF");
                database.Execute("PRAGMA synchronous = OFF");
                database.Execute("PRAGMA locking_mode = EXCLUSIVE");
                database.Execute("BEGIN");
            }

            database.SetCache(tuning.CacheBytes);
            if (tuning.PagesMax > 0)
            {
                database.Execute($"PRAGMA max_page_count = {tuning.PagesMax}");
            }

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

    /// <summary>Asks for the memory that looking up by indexes wants.</summary>
    public void WidenCache() => Database.SetCache(_tuning.IndexCacheBytes);

    /// <summary>Tells of bytes that were written to a new file, so that the disk can begin with them.</summary>
    public void CountWritten(long bytes) => _file?.CountWritten(bytes);

    /// <summary>Makes everything visible.</summary>
    /// <exception cref="IngestException">The disk is full, or a file of this name appeared meanwhile.</exception>
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
}
