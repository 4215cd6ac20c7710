using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Files;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Schema;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>
/// Brings the entries of a database to today's rules. Records come in the order of their ids; what changed is held, and every
/// so many records merged in a transaction that also notes how far the source is done, so that what is killed goes on from
/// there. The connection keeps its lock from one transaction to the next, so that no other run comes between.
/// </summary>
public sealed class SqliteReprocess : IEntryStore
{
    private readonly string _path;
    private readonly SqliteTuning _tuning;
    private readonly EntryPolicy _policy;
    private readonly int _mergeRows;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly EntryBatch _changed = new(0);
    private readonly List<long> _failed = [];
    private readonly HashSet<long> _removedAhead = [];
    private SqliteDatabase? _database;
    private SqliteEntryRows? _rows;
    private SqliteStatement? _delete, _note;
    private bool _isLocked;
    private string _source = "";
    private long _startPosition, _position, _notedPosition, _recordsSinceNote, _changedBytes;

    /// <param name="path">The database file.</param>
    /// <param name="policy">Which entries are written.</param>
    /// <param name="mergeRows">Changes that are merged at once.</param>
    public SqliteReprocess(string path, EntryPolicy policy, int mergeRows)
        : this(path, policy, mergeRows, SqliteTuning.Default)
    {
    }

    internal SqliteReprocess(string path, EntryPolicy policy, int mergeRows, SqliteTuning tuning)
    {
        _path = path;
        _policy = policy;
        _mergeRows = mergeRows;
        _tuning = tuning;
    }

    public string DisplayName => "sqlite:" + _path;

    public EntryResult SoFar { get; private set; } = EntryResult.Zero;

    public long Removed { get; private set; }

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
        await Database.ExecuteWhenFreeAsync("SELECT 1 FROM sqlite_master", _tuning.BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
        if (!SqliteEntrySchema.Tables.IsIn(Database, _path))
        {
            throw new IngestException($"{_path} holds no dictionary.", "Load one with health_ingestion ingest --source ID --file PATH first, or name another database.");
        }
    }

    public ValueTask<IReadOnlyList<string>> ChosenSourcesAsync(string? source, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ReprocessRules.Choose(DisplayName, Database.Texts("SELECT source_id FROM data_sources ORDER BY source_id"), source));

    public ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken)
    {
        using SqliteStatement last = Database.Prepare("SELECT id FROM raw_entries NOT INDEXED WHERE source_id = ? ORDER BY id DESC LIMIT 1");
        return ValueTask.FromResult(last.Bind(1, source).Step() ? last.Int64(0) : 0);
    }

    public ValueTask<IStoredRecords> ReadAsync(string source, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IStoredRecords>(new SqliteStoredRecords(Database, _gate, source, 0));

    public async ValueTask<IStoredRecords> BeginAsync(string source, bool isAgain, CancellationToken cancellationToken)
    {
        await LockAsync(cancellationToken).ConfigureAwait(false);
        _source = source;
        _rows = new SqliteEntryRows(Database, source, replaces: true);
        using (SqliteStatement noted = Database.Prepare("SELECT reprocess_position FROM data_sources WHERE source_id = ? AND reprocess_rules = ?"))
        {
            _startPosition = _position = _notedPosition = noted.Bind(1, source).Bind(2, ReprocessRules.Text(_policy)).Step() ? noted.Int64(0) : 0;
        }

        SoFar = EntryResult.Zero;
        Removed = 0;
        Forget();
        _removedAhead.Clear();
        return new SqliteStoredRecords(Database, _gate, source, _position);
    }

    public IStoredComparer MakeComparer(string source) => new SqliteEntryForm(source);

    public async ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        for (int i = 0; i < batch.RowCount; i++)
        {
            Take(batch, batch.Rows[i]);
            if (_changedBytes >= ReprocessRules.HeldBytes || _changed.RowCount >= _mergeRows || _failed.Count >= _mergeRows
                || _recordsSinceNote >= ReprocessRules.RecordsPerNote)
            {
                await MergeAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask<EntryResult> FinishAsync(CancellationToken cancellationToken)
    {
        await MergeAsync(cancellationToken).ConfigureAwait(false);
        await ChangeAsync(
            () =>
            {
                long duplicates = _policy.AllowsDuplicates ? 0 : RemoveDuplicates();
                SoFar = SoFar with { Unchanged = SoFar.Unchanged - duplicates, Duplicate = SoFar.Duplicate + duplicates };
                ReprocessRules.Check(_source, SoFar, Count("SELECT count(*) FROM entries WHERE source_id = ?1 AND raw_id > ?2"));
                using SqliteStatement version = Database.Prepare("UPDATE entries SET pipeline_version = ?2 WHERE source_id = ?1 AND pipeline_version <> ?2");
                version.Bind(1, _source).Bind(2, PipelineVersion.Current).Run();
                _note!.Bind(1, _source).BindNull(2).BindNull(3).Run();
            },
            cancellationToken).ConfigureAwait(false);
        return SoFar;
    }

    public ValueTask DisposeAsync()
    {
        _database?.Dispose();
        _database = null;
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Begins the first transaction, which keeps other runs away; from its commit on the lock is never let go, which keeps
    /// readers away, too.
    /// </summary>
    private async ValueTask LockAsync(CancellationToken cancellationToken)
    {
        if (_isLocked)
        {
            return;
        }

        if (Database.IsReadOnly)
        {
            throw FileFault.NotWritable(_path);
        }

        Database.Execute("PRAGMA locking_mode = EXCLUSIVE");
        if (_tuning.PagesMax > 0)
        {
            Database.Execute($"PRAGMA max_page_count = {_tuning.PagesMax}");
        }

        await Database.ExecuteWhenFreeAsync("BEGIN IMMEDIATE", _tuning.BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
        foreach (string statement in SqliteEntrySchema.CreateIndexes)
        {
            Database.Execute(statement);
        }

        _delete = Database.Prepare("DELETE FROM entries WHERE raw_id = ?");
        _note = Database.Prepare("UPDATE data_sources SET reprocess_position = ?2, reprocess_rules = ?3 WHERE source_id = ?1");
        _isLocked = true;
    }

    private void Take(EntryBatch batch, in EntryRow row)
    {
        _position = row.RawId;
        _recordsSinceNote++;
        EntryOutcome outcome = EntryClassifier.Classify(row, _policy);
        SoFar = SoFar with { Loaded = SoFar.Loaded + 1 };
        switch (outcome)
        {
            case EntryOutcome.Written when !row.IsStoredSame:
                _removedAhead.Remove(row.RawId);
                Hold(batch, row);
                return;
            case EntryOutcome.Written when _removedAhead.Remove(row.RawId):
                // It was read before an earlier record took its place.
                SoFar = SoFar with { Duplicate = SoFar.Duplicate + 1 };
                return;
            case EntryOutcome.Written:
                SoFar = SoFar with { Unchanged = SoFar.Unchanged + 1 };
                return;
            case EntryOutcome.BelowQuality:
                SoFar = SoFar with { BelowQuality = SoFar.BelowQuality + 1 };
                break;
            default:
                SoFar = SoFar with { Invalid = SoFar.Invalid + 1 };
                break;
        }

        if (!row.Stored.IsNull)
        {
            _failed.Add(row.RawId);
        }
    }

    /// <summary>Keeps an entry that changed until the next merge.</summary>
    private void Hold(EntryBatch batch, in EntryRow row)
    {
        ref EntryRow held = ref _changed.AddRow(0, 0);
        held = row;
        for (int column = 0; column < EntryTextRefs.Count; column++)
        {
            if (!row.Texts[column].IsNull)
            {
                held.Texts[column] = _changed.AddText(batch.Text(row, (EntryColumn)column));
                _changedBytes += row.Texts[column].Length;
            }
        }
    }

    private void Forget()
    {
        _changed.Reset();
        _failed.Clear();
        _changedBytes = _recordsSinceNote = 0;
    }

    private async ValueTask MergeAsync(CancellationToken cancellationToken)
    {
        if (_position == _notedPosition)
        {
            return;
        }

        await ChangeAsync(
            () =>
            {
                foreach (long rawId in _failed)
                {
                    Removed += Delete(rawId);
                }

                // Old forms go before new ones come: none of them may stand in the way of another's new one.
                foreach (ref readonly EntryRow row in _changed.Rows)
                {
                    Delete(row.RawId);
                }

                for (int i = 0; i < _changed.RowCount; i++)
                {
                    Put(_changed.Rows[i]);
                }

                _note!.Bind(1, _source).Bind(2, _position).Bind(3, ReprocessRules.Text(_policy)).Run();
            },
            cancellationToken).ConfigureAwait(false);
        _notedPosition = _position;
        Forget();
    }

    /// <summary>Writes a changed entry, unless one of an earlier record is like it; it takes the place of those of later records.</summary>
    private void Put(in EntryRow row)
    {
        if (_policy.AllowsDuplicates)
        {
            _rows!.AddEntry(row.RawId, _changed, row);
            SoFar = SoFar with { Written = SoFar.Written + 1 };
            return;
        }

        if (_rows!.HasEarlierAlike(row.RawId, row))
        {
            SoFar = SoFar with { Duplicate = SoFar.Duplicate + 1 };
            return;
        }

        foreach (long later in _rows.LaterAlike(row.RawId, row))
        {
            Delete(later);
            if (later > _position)
            {
                _removedAhead.Add(later);
            }
            else
            {
                SoFar = SoFar with { Unchanged = SoFar.Unchanged - 1, Duplicate = SoFar.Duplicate + 1 };
            }
        }

        _rows.AddEntry(row.RawId, _changed, row);
        SoFar = SoFar with { Written = SoFar.Written + 1 };
    }

    private int Delete(long rawId)
    {
        _delete!.Bind(1, rawId).Run();
        return Database.Changes;
    }

    /// <summary>
    /// Removes entries like one before, which an earlier run was allowed to write; counts those behind the first record of this one.
    /// </summary>
    private long RemoveDuplicates()
    {
        const string Alike =
            """
            FROM entries WHERE raw_id IN (
                SELECT e.raw_id FROM (SELECT duplicate_key, min(raw_id) AS first FROM entries WHERE source_id = ?1 GROUP BY duplicate_key HAVING count(*) > 1) d
                CROSS JOIN entries e ON e.duplicate_key = d.duplicate_key WHERE e.source_id = ?1 AND e.raw_id > d.first) AND raw_id > ?2
            """;
        long counted = Count("SELECT count(*) " + Alike);
        using SqliteStatement delete = Database.Prepare("DELETE " + Alike);
        delete.Bind(1, _source).Bind(2, 0).Run();
        return counted;
    }

    private long Count(string sql)
    {
        using SqliteStatement count = Database.Prepare(sql);
        return count.Bind(1, _source).Bind(2, _startPosition).Step() ? count.Int64(0) : 0;
    }

    /// <summary>Changes the tables while nobody reads, commits that, and begins the next transaction.</summary>
    private async ValueTask ChangeAsync(Action change, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            change();
            await Database.ExecuteWhenFreeAsync("COMMIT", _tuning.BusyTimeoutMs, cancellationToken).ConfigureAwait(false);
            Database.Execute("BEGIN IMMEDIATE");
        }
        finally
        {
            _gate.Release();
        }
    }
}
