using FastIngest.Storage.Files;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Schema;
using FastIngest.Storage.Sqlite.Vectors;
using FastIngest.Stored;

namespace FastIngest.Storage.Sqlite.Erasure;

/// <summary>
/// Removes users from a SQLite file. Deleted rows are overwritten with zeros (<c>secure_delete</c>); then the write-ahead log
/// is emptied and the file is rewritten, so that no page of an earlier state remains in it. The unfinished file of a killed run is removed.
/// </summary>
/// <param name="path">The database file.</param>
internal sealed class SqliteErasure(string path) : IUserErasure
{
    private const int BusyTimeoutMs = 60_000;

    private static readonly string[] Tables = ["daily_summaries", "users", "deliveries", "embeddings"];

    public string DisplayName => "sqlite:" + path;

    /// <exception cref="IngestException">The file is missing, read-only, locked, or was not created by this program.</exception>
    public async ValueTask<IReadOnlyList<ErasedRows>> EraseAsync(IReadOnlyList<string> userIds, bool isDryRun, CancellationToken cancellationToken)
    {
        string file = PartialFile.Resolve(path);
        ErasedRows[] unfinished = UnfinishedFiles.Remove(path, isDryRun) is { } note ? [new ErasedRows("unfinished file", null, note)] : [];
        if (!File.Exists(file))
        {
            return unfinished.Length > 0 ? unfinished : throw new IngestException($"{path} does not exist: nobody is stored there.", "Name the database with --to.");
        }

        using SqliteDatabase database = SqliteDatabase.Open(path, file, isForReading: isDryRun);
        database.Execute("PRAGMA busy_timeout = 5000");
        bool isHere = SummarySchema.Tables.IsIn(database, path);
        if (!isDryRun && database.IsReadOnly)
        {
            throw FileFault.NotWritable(path);
        }

        List<string> present = isHere ? database.Texts("SELECT name FROM sqlite_master WHERE type = 'table'") : [];
        if (isDryRun)
        {
            return [.. unfinished, .. Tables.Select(table => new ErasedRows(table, present.Contains(table) ? Count(database, table, userIds) : 0))];
        }

        database.Execute("PRAGMA secure_delete = ON");
        await database.ExecuteWhenUnlockedAsync("BEGIN IMMEDIATE", BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
        ErasedRows[] erased = [.. Tables.Select(table => new ErasedRows(table, present.Contains(table) ? Delete(database, table, userIds) : 0))];
        await database.ExecuteWhenUnlockedAsync("COMMIT", BusyTimeoutMs, cancellationToken).ConfigureAwait(false);

        // The copies have vectors of the removed users; the next search makes new ones.
        VectorFile.DeleteAll(file);

        // Also when nothing was deleted: an earlier attempt may have been stopped after its commit.
        await database.ExecuteWhenUnlockedAsync("PRAGMA wal_checkpoint(TRUNCATE)", BusyTimeoutMs, CancellationToken.None).ConfigureAwait(false);
        await database.ExecuteWhenUnlockedAsync("VACUUM", BusyTimeoutMs, CancellationToken.None).ConfigureAwait(false);
        await database.ExecuteWhenUnlockedAsync("PRAGMA wal_checkpoint(TRUNCATE)", BusyTimeoutMs, CancellationToken.None).ConfigureAwait(false);
        return [.. unfinished, .. erased];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static long Count(SqliteDatabase database, string table, IEnumerable<string> userIds)
    {
        using SqliteStatement select = database.Compile($"SELECT count(*) FROM {table} WHERE user_id = ?");
        long rows = 0;
        foreach (string user in userIds)
        {
            select.Bind(1, user).Step();
            rows += select.Int64(0);
            select.Reset();
        }

        return rows;
    }

    private static long Delete(SqliteDatabase database, string table, IEnumerable<string> userIds)
    {
        using SqliteStatement delete = database.Compile($"DELETE FROM {table} WHERE user_id = ?");
        long rows = 0;
        foreach (string user in userIds)
        {
            delete.Bind(1, user).Run();
            rows += database.Changes;
        }

        return rows;
    }
}
