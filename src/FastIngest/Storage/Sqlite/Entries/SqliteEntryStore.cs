using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Files;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Schema;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>
/// Reads and updates the entries of a database file. The connection keeps its lock between transactions, so that no other run
/// can change the database.
/// </summary>
public sealed class SqliteEntryStore : IEntryStore
{
    private readonly string _path;
    private readonly SqliteTuning _tuning;
    private readonly SemaphoreSlim _gate = new(1);
    private SqliteDatabase? _database;
    private SqliteEntryRows? _rows;
    private SqliteStatement? _delete, _note;
    private string _source = "", _rules = "";

    /// <param name="path">The database file.</param>
    public SqliteEntryStore(string path)
        : this(path, SqliteTuning.Default)
    {
    }

    internal SqliteEntryStore(string path, SqliteTuning tuning)
    {
        _path = path;
        _tuning = tuning;
    }

    public string DisplayName => "sqlite:" + _path;

    private SqliteDatabase Database => _database ?? throw new InvalidOperationException("The database is not open.");

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        string file = PartialFile.Resolve(_path);
        if (!File.Exists(file))
        {
            throw new IngestException($"{_path} does not exist.", "Load a dictionary with health_ingestion ingest --source ID --file PATH first, or name the database that holds one.");
        }

        _database = SqliteDatabase.Open(_path, file);
        _database.SetCache(_tuning.CacheBytes);
        await Database.ExecuteWhenUnlockedAsync("SELECT 1 FROM sqlite_master", _tuning.BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
        if (!SqliteEntrySchema.Tables.IsIn(Database, _path))
        {
            throw new IngestException($"{_path} holds no dictionary; nothing was changed.", "Load one with health_ingestion ingest --source ID --file PATH first, or name another database.");
        }
    }

    public ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<string>>(Database.Texts("SELECT source_id FROM data_sources ORDER BY source_id"));

    public ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken)
    {
        using SqliteStatement last = Database.Prepare("SELECT id FROM raw_entries NOT INDEXED WHERE source_id = ? ORDER BY id DESC LIMIT 1");
        return ValueTask.FromResult(Number(last.Bind(1, source)));
    }

    public ValueTask<IStoredRecords> ReadAsync(string source, long position, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IStoredRecords>(new SqliteStoredRecords(Database, _gate, source, position));

    public IStoredComparer CreateComparer(string source) => new SqliteEntryComparer(source);

    public async ValueTask<long> BeginAsync(string source, string rules, CancellationToken cancellationToken)
    {
        if (_note is null)
        {
            await LockAsync(cancellationToken).ConfigureAwait(false);
        }

        (_source, _rules, _rows) = (source, rules, new SqliteEntryRows(Database, source, replaces: true));
        using SqliteStatement noted = Database.Prepare("SELECT reprocess_position FROM data_sources WHERE source_id = ? AND reprocess_rules = ?");
        return Number(noted.Bind(1, source).Bind(2, rules));
    }

    public ValueTask<EntryMerge> MergeAsync(EntryBatch changed, IReadOnlyList<long> failed, bool allowsDuplicates, CancellationToken cancellationToken) => ChangeAsync(
        () =>
        {
            int removed = failed.Sum(Delete);

            // Delete all old entries first, because an old entry could conflict with another new one.
            foreach (ref readonly EntryRow row in changed.Rows)
            {
                Delete(row.RawId);
            }

            int written = 0, redirects = 0;
            List<long> later = [];
            foreach (ref readonly EntryRow row in changed.Rows)
            {
                if (!allowsDuplicates)
                {
                    if (_rows!.HasEarlierDuplicate(row.RawId, row))
                    {
                        continue;
                    }

                    foreach (long rawId in _rows.FindLaterDuplicates(row.RawId, row))
                    {
                        Delete(rawId);
                        later.Add(rawId);
                    }
                }

                _rows!.AddEntry(row.RawId, changed, row);
                written++;
                redirects += row.IsRedirect ? 1 : 0;
            }

            return new EntryMerge(removed, written, redirects, later);
        },
        cancellationToken);

    public ValueTask<(long Duplicates, long Entries)> FinishAsync(long position, bool allowsDuplicates, CancellationToken cancellationToken) => ChangeAsync(
        () =>
        {
            const string Duplicates =
                """
                FROM entries WHERE raw_id IN (
                    SELECT e.raw_id FROM (SELECT duplicate_key, min(raw_id) AS first FROM entries WHERE source_id = ?1 GROUP BY duplicate_key HAVING count(*) > 1) d
                    CROSS JOIN entries e ON e.duplicate_key = d.duplicate_key WHERE e.source_id = ?1 AND e.raw_id > d.first) AND raw_id > ?2
                """;
            long duplicates = 0;
            if (!allowsDuplicates)
            {
                duplicates = Count("SELECT count(*) " + Duplicates, position);
                Count("DELETE " + Duplicates, 0);
            }

            using SqliteStatement version = Database.Prepare("UPDATE entries SET pipeline_version = ?2 WHERE source_id = ?1 AND pipeline_version <> ?2");
            version.Bind(1, _source).Bind(2, PipelineVersion.Current).Run();
            return (duplicates, Count("SELECT count(*) FROM entries WHERE source_id = ?1 AND raw_id > ?2", position));
        },
        cancellationToken);

    /// <summary>Commits while no thread reads, and begins the next transaction.</summary>
    public async ValueTask CommitAsync(long? position, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _note!.Bind(1, _source);
            _ = position is { } known ? _note.Bind(2, known).Bind(3, _rules) : _note.BindNull(2).BindNull(3);
            _note.Run();
            await Database.ExecuteWhenUnlockedAsync("COMMIT", _tuning.BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
            Database.Execute("BEGIN IMMEDIATE");
        }
        finally
        {
            _gate.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _database?.Dispose();
        _database = null;
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    private static long Number(SqliteStatement query) => query.Step() ? query.Int64(0) : 0;

    /// <summary>
    /// Begins the first transaction, which blocks other writers. In exclusive locking mode the lock is kept after the first
    /// commit, which then blocks readers, too.
    /// </summary>
    private async ValueTask LockAsync(CancellationToken cancellationToken)
    {
        if (Database.IsReadOnly)
        {
            throw FileFault.NotWritable(_path);
        }

        Database.Execute("PRAGMA locking_mode = EXCLUSIVE");
        if (_tuning.PagesMax > 0)
        {
            Database.Execute($"PRAGMA max_page_count = {_tuning.PagesMax}");
        }

        await Database.ExecuteWhenUnlockedAsync("BEGIN IMMEDIATE", _tuning.BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
        foreach (string statement in SqliteEntrySchema.CreateIndexes)
        {
            Database.Execute(statement);
        }

        _delete = Database.Prepare("DELETE FROM entries WHERE raw_id = ?");
        _note = Database.Prepare("UPDATE data_sources SET reprocess_position = ?2, reprocess_rules = ?3 WHERE source_id = ?1");
    }

    private int Delete(long rawId)
    {
        _delete!.Bind(1, rawId).Run();
        return Database.Changes;
    }

    private long Count(string sql, long position)
    {
        using SqliteStatement count = Database.Prepare(sql);
        return Number(count.Bind(1, _source).Bind(2, position));
    }

    /// <summary>Changes the tables while no thread reads.</summary>
    private async ValueTask<T> ChangeAsync<T>(Func<T> change, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return change();
        }
        finally
        {
            _gate.Release();
        }
    }
}
