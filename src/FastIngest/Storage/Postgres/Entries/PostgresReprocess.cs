using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>
/// Brings the entries of a database to today's rules. Records come in the order of their ids; what changed is staged, and
/// every so many records merged in a transaction that also notes how far the source is done, so that what is killed goes on
/// from there. An advisory lock keeps other runs over dictionaries away.
/// </summary>
public sealed class PostgresReprocess : IEntryStore
{
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private readonly EntryPolicy _policy;
    private readonly int _mergeRows;
    private readonly HashSet<long> _removedAhead = [];
    private CopyLane? _removed, _changed;
    private EntryTuples? _tuples;
    private string _source = "";
    private long _startPosition, _position, _notedPosition, _recordsSinceNote;
    private EntryResult _pending = EntryResult.Zero, _noted = EntryResult.Zero;
    private long _pendingRemoved;
    private (long Position, EntryResult Result, long Removed)? _committing;

    /// <param name="target">A URL or <c>postgres:</c> and keywords.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <param name="policy">Which entries are written.</param>
    /// <param name="mergeRows">Changes that are merged at once.</param>
    /// <exception cref="IngestException">The target makes no sense.</exception>
    public PostgresReprocess(string target, string schema, EntryPolicy policy, int mergeRows)
        : this(target, schema, policy, mergeRows, PostgresRetry.Default)
    {
    }

    internal PostgresReprocess(string target, string schema, EntryPolicy policy, int mergeRows, PostgresRetry retry)
    {
        PostgresAddress parsed = PostgresAddress.Parse(target);
        DisplayName = parsed.DisplayName;
        _names = new PostgresNames(schema);
        _session = new PostgresSession(parsed, _names, retry);
        _policy = policy;
        _mergeRows = mergeRows;
    }

    public string DisplayName { get; }

    /// <summary>What became of the records of the source so far, those that an earlier, unfinished run did aside.</summary>
    public EntryResult SoFar => _noted.Plus(_pending);

    /// <summary>Entries that no longer pass and were removed.</summary>
    public long Removed { get; private set; }

    /// <summary>Connects and takes the lock.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken) => await _session.GuardAsync(async () =>
    {
        await _session.OpenAsync(cancellationToken).ConfigureAwait(false);
        NpgsqlConnection connection = _session.Connection;
        await connection.RunAsync(ReprocessStatements.Staging(_names), cancellationToken).ConfigureAwait(false);
        await connection.RunAsync($"SELECT pg_advisory_lock({EntryStatements.LockKey(_names)})", cancellationToken).ConfigureAwait(false);
        _removed = new CopyLane(connection, "pg_temp.staged_removed", "raw_id");
        _changed = new CopyLane(connection, "pg_temp.staged_entries", EntryTuples.EntryColumns);
    }).ConfigureAwait(false);

    /// <summary>One source, if it is registered, or all, in the order of their ids.</summary>
    /// <exception cref="IngestException">There is no such source.</exception>
    public async ValueTask<IReadOnlyList<string>> ChosenSourcesAsync(string? source, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> sources = await SourcesAsync(cancellationToken).ConfigureAwait(false);
        return ReprocessRules.Choose(DisplayName, sources, source);
    }

    /// <summary>All records of a source, each with its entry.</summary>
    public async ValueTask<IStoredRecords> ReadAsync(string source, CancellationToken cancellationToken) =>
        await ReadFromAsync(source, 0, cancellationToken).ConfigureAwait(false);

    private async ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken)
    {
        List<string> sources = [];
        await _session.GuardAsync(async () =>
        {
            NpgsqlCommand command = new($"SELECT source_id FROM {_names.Sources} ORDER BY source_id", _session.Connection);
            await using (command.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        sources.Add(reader.GetString(0));
                    }
                }
            }
        }).ConfigureAwait(false);
        return sources;
    }

    /// <summary>Begins with a source, or goes on where an unfinished run by the same rules stands.</summary>
    /// <param name="source">Its id.</param>
    /// <param name="isAgain">Whether this very run was interrupted; its figures go on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IStoredRecords> BeginAsync(string source, bool isAgain, CancellationToken cancellationToken)
    {
        await _session.GuardAsync(async () =>
        {
            _source = source;
            _tuples = new EntryTuples(source);
            object? noted = await _session.Connection.ScalarAsync(
                $"SELECT reprocess_position FROM {_names.Sources} WHERE source_id = $1 AND reprocess_rules = $2",
                cancellationToken,
                PostgresSources.Text(source),
                PostgresSources.Text(Rules)).ConfigureAwait(false);
            _position = _notedPosition = noted as long? ?? 0;
            if (!isAgain)
            {
                _startPosition = _position;
                _noted = EntryResult.Zero;
                Removed = 0;
                _committing = null;
            }
            else if (_committing is { } committing && committing.Position == _position)
            {
                // It was committed, though nobody heard of it.
                Confirm(committing.Result, committing.Removed);
            }

            _pending = EntryResult.Zero;
            _pendingRemoved = _recordsSinceNote = 0;
            _removedAhead.Clear();
        }).ConfigureAwait(false);
        return await ReadFromAsync(source, _position, cancellationToken).ConfigureAwait(false);
    }

    public IStoredComparer MakeComparer(string source) => new StoredComparer(source);

    public async ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken)
    {
        long last = 0;
        await _session.GuardAsync(async () => last = await _session.Connection.ScalarAsync(
            $"SELECT max(id) FROM {_names.RawEntries} WHERE source_id = $1", cancellationToken, PostgresSources.Text(source)).ConfigureAwait(false) as long? ?? 0).ConfigureAwait(false);
        return last;
    }

    /// <summary>Takes cleaned and compared records.</summary>
    public async ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken) => await _session.GuardAsync(async () =>
    {
        for (int i = 0; i < batch.RowCount; i++)
        {
            Take(batch, batch.Rows[i]);
            if (_removed!.Buffer.Length + _changed!.Buffer.Length >= ReprocessRules.HeldBytes || _recordsSinceNote >= ReprocessRules.RecordsPerNote || _changed.BufferedRows >= _mergeRows)
            {
                await MergeAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }).ConfigureAwait(false);

    /// <summary>Brings the rest of the source to its table.</summary>
    public async ValueTask<EntryResult> FinishAsync(CancellationToken cancellationToken)
    {
        EntryResult result = EntryResult.Zero;
        await _session.GuardAsync(async () =>
        {
            await MergeAsync(cancellationToken).ConfigureAwait(false);
            await _session.Connection.RunAsync("BEGIN ISOLATION LEVEL READ COMMITTED", cancellationToken).ConfigureAwait(false);
            long duplicates = _policy.AllowsDuplicates ? 0 : await CountAsync(ReprocessStatements.RemoveDuplicates(_names), cancellationToken).ConfigureAwait(false);
            long entries = await CountAsync(ReprocessStatements.CountEntries(_names), cancellationToken).ConfigureAwait(false);
            result = SoFar with { Unchanged = SoFar.Unchanged - duplicates, Duplicate = SoFar.Duplicate + duplicates };
            ReprocessRules.Check(_source, result, entries);
            await _session.Connection.RunAsync(
                ReprocessStatements.SetVersion(_names), cancellationToken, PostgresSources.Text(_source), PostgresSources.Text(PipelineVersion.Current)).ConfigureAwait(false);
            await NoteAsync(null, cancellationToken).ConfigureAwait(false);
            await _session.Connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return result;
    }

    /// <summary>A fault that passes by itself is waited out, a few times; the source is then to be begun again.</summary>
    public async ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken)
    {
        while (await _session.TryStartOverAsync(fault, true, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await OpenAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (IngestException again)
            {
                fault = again;
            }
        }

        return false;
    }

    public ValueTask DisposeAsync() => _session.CloseAsync();

    private string Rules => ReprocessRules.Text(_policy);

    private void Take(EntryBatch batch, in EntryRow row)
    {
        _position = row.RawId;
        _recordsSinceNote++;
        EntryOutcome outcome = EntryClassifier.Classify(row, _policy);
        if (outcome == EntryOutcome.Written)
        {
            bool wasRemoved = _removedAhead.Remove(row.RawId);
            if (!row.IsStoredSame)
            {
                _tuples!.WriteEntry(_changed!.Buffer, row.RawId, batch, row);
                _changed.Wrote();
                _pending = _pending with { Loaded = _pending.Loaded + 1 };
            }
            else if (wasRemoved)
            {
                _pending = _pending with { Loaded = _pending.Loaded + 1, Duplicate = _pending.Duplicate + 1 };
            }
            else
            {
                _pending = _pending with { Loaded = _pending.Loaded + 1, Unchanged = _pending.Unchanged + 1 };
            }

            return;
        }

        if (!row.Stored.IsNull)
        {
            _removed!.Buffer.BeginTuple(1);
            _removed.Buffer.Int8(row.RawId);
            _removed.Wrote();
        }

        _pending = outcome == EntryOutcome.BelowQuality
            ? _pending with { Loaded = _pending.Loaded + 1, BelowQuality = _pending.BelowQuality + 1 }
            : _pending with { Loaded = _pending.Loaded + 1, Invalid = _pending.Invalid + 1 };
    }

    private async ValueTask MergeAsync(CancellationToken cancellationToken)
    {
        if (_position == _notedPosition)
        {
            return;
        }

        NpgsqlConnection connection = _session.Connection;
        long changes = _changed!.BufferedRows;
        long removals = _removed!.BufferedRows;
        await connection.RunAsync("BEGIN ISOLATION LEVEL READ COMMITTED", cancellationToken).ConfigureAwait(false);
        await _removed.EndAsync(cancellationToken).ConfigureAwait(false);
        await _changed.EndAsync(cancellationToken).ConfigureAwait(false);
        if (removals > 0)
        {
            _pendingRemoved += await connection.RunAsync(ReprocessStatements.RemoveFailed(_names), cancellationToken).ConfigureAwait(false);
        }

        if (changes > 0)
        {
            await connection.RunAsync(ReprocessStatements.RemoveChanged(_names), cancellationToken).ConfigureAwait(false);
            await connection.RunAsync(ReprocessStatements.Choose(_names, _policy.AllowsDuplicates), cancellationToken).ConfigureAwait(false);
            long later = _policy.AllowsDuplicates ? 0 : await RemoveLaterAsync(cancellationToken).ConfigureAwait(false);
            long written = await connection.RunAsync(ReprocessStatements.InsertKept(_names), cancellationToken).ConfigureAwait(false);
            _pending = _pending with
            {
                Written = _pending.Written + written,
                Unchanged = _pending.Unchanged - later,
                Duplicate = _pending.Duplicate + changes - written + later,
            };
        }

        await NoteAsync(_position, cancellationToken).ConfigureAwait(false);
        _committing = (_position, _pending, _pendingRemoved);
        await connection.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        Confirm(_pending, _pendingRemoved);
        _notedPosition = _position;
        _pending = EntryResult.Zero;
        _pendingRemoved = _recordsSinceNote = 0;
    }

    private void Confirm(EntryResult result, long removed)
    {
        _noted = _noted.Plus(result);
        Removed += removed;
        _committing = null;
    }

    /// <summary>How many of the records that were taken for unchanged lost their entry; those of later ones are remembered.</summary>
    private async ValueTask<long> RemoveLaterAsync(CancellationToken cancellationToken)
    {
        long taken = 0;
        NpgsqlCommand command = new(ReprocessStatements.RemoveLater(_names), _session.Connection);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    long rawId = reader.GetInt64(0);
                    if (rawId > _position)
                    {
                        _removedAhead.Add(rawId);
                    }
                    else
                    {
                        taken++;
                    }
                }
            }
        }

        return taken;
    }

    private async ValueTask<StoredRecords> ReadFromAsync(string source, long position, CancellationToken cancellationToken)
    {
        StoredRecords? records = null;
        await _session.GuardAsync(async () => records = await StoredRecords.OpenAsync(
            await _session.ConnectAsync(cancellationToken).ConfigureAwait(false),
            _names,
            source,
            position,
            e => PostgresFault.Explain(e, DisplayName, _names.Schema),
            cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return records!;
    }

    private async ValueTask<long> CountAsync(string sql, CancellationToken cancellationToken) => (long)(await _session.Connection.ScalarAsync(
        sql, cancellationToken, PostgresSources.Text(_source), new NpgsqlParameter<long> { TypedValue = _startPosition }).ConfigureAwait(false))!;

    private async ValueTask NoteAsync(long? position, CancellationToken cancellationToken) => await _session.Connection.RunAsync(
        ReprocessStatements.SetPosition(_names),
        cancellationToken,
        PostgresSources.Text(_source),
        new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint, Value = position is { } known ? known : DBNull.Value },
        PostgresSources.Text(position is null ? null : Rules)).ConfigureAwait(false);
}
