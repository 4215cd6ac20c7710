using System.Runtime.ExceptionServices;
using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;
using NpgsqlTypes;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>
/// Reads and updates the entries of a database. All work goes over one connection, also through a pool such as PgBouncer: no
/// state outlives a transaction, and pages of records are read between the transactions that change entries. Each of those
/// transactions blocks other dictionary runs until its end.
/// </summary>
public sealed class PostgresEntryStore : IEntryStore
{
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private readonly CopyReader _reader = new();

    /// <summary>Held while the connection is used: for a page, or from the start to the end of a transaction that changes entries.</summary>
    private readonly SemaphoreSlim _gate = new(1);
    private EntryTuples? _tuples;
    private ExceptionDispatchInfo? _fault;
    private string _source = "", _rules = "";
    private long _lastId;

    /// <summary>The position and the rules that the source has while no other run changes it.</summary>
    private (long? Position, string? Rules) _noted;

    /// <param name="target">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables.</param>
    /// <exception cref="IngestException">The target is invalid.</exception>
    public PostgresEntryStore(string target, string schema)
        : this(target, schema, PostgresRetry.Default)
    {
    }

    internal PostgresEntryStore(string target, string schema, PostgresRetry retry)
    {
        PostgresAddress parsed = PostgresAddress.Parse(target);
        DisplayName = parsed.DisplayName;
        _names = new PostgresNames(schema);
        _session = new PostgresSession(parsed, _names, retry);
    }

    public string DisplayName { get; }

    /// <summary>Connects; the database must have the tables.</summary>
    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _fault = null;
        return _session.GuardAsync(() => _session.OpenExistingAsync("dictionary", cancellationToken).AsTask());
    }

    public ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) => _session.GuardAsync<IReadOnlyList<string>>(async () =>
        await _session.Connection.ColumnAsync<string>($"SELECT source_id FROM {_names.Sources} ORDER BY source_id", cancellationToken).ConfigureAwait(false));

    public ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken) => _session.GuardAsync(() =>
        NumberAsync($"SELECT max(id) FROM {_names.RawEntries} WHERE source_id = $1", cancellationToken, PostgresSources.Text(source)));

    /// <summary>Reads the records that are stored now; those that another run adds later are not part of the result.</summary>
    public async ValueTask<IStoredRecords> ReadAsync(string source, long position, CancellationToken cancellationToken)
    {
        long lastId = _lastId = await LastIdAsync(source, cancellationToken).ConfigureAwait(false);
        return new StoredRecords(position, page => ReadPageAsync(page, source, lastId, cancellationToken));
    }

    public IStoredComparer CreateComparer(string source) => new StoredComparer(source);

    public ValueTask<long> BeginAsync(string source, string rules, CancellationToken cancellationToken)
    {
        (_source, _rules, _tuples) = (source, rules, new EntryTuples(source));
        return _session.GuardAsync(async () =>
        {
            NpgsqlCommand command = new($"SELECT reprocess_position, reprocess_rules FROM {_names.Sources} WHERE source_id = $1", _session.Connection);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(PostgresSources.Text(source));
                NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    _noted = await row.ReadAsync(cancellationToken).ConfigureAwait(false)
                        ? (row.IsDBNull(0) ? null : row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1))
                        : default;
                }
            }

            return _noted.Rules == rules ? _noted.Position ?? 0 : 0;
        });
    }

    public ValueTask<EntryMerge> MergeAsync(EntryBatch changed, IReadOnlyList<long> failed, bool allowsDuplicates, CancellationToken cancellationToken) =>
        ChangeAsync(
            async () =>
            {
                if (changed.RowCount + failed.Count == 0)
                {
                    return new EntryMerge(0, 0, 0, []);
                }

                await RunAsync(ReprocessStatements.Staging(_names), cancellationToken).ConfigureAwait(false);
                await StageAsync(changed, failed, cancellationToken).ConfigureAwait(false);
                int removed = failed.Count == 0 ? 0 : await RunAsync(ReprocessStatements.RemoveFailed(_names), cancellationToken).ConfigureAwait(false);
                if (changed.RowCount == 0)
                {
                    return new EntryMerge(removed, 0, 0, []);
                }

                await RunAsync(ReprocessStatements.RemoveChanged(_names), cancellationToken).ConfigureAwait(false);
                await RunAsync(ReprocessStatements.Choose(_names, allowsDuplicates), cancellationToken).ConfigureAwait(false);
                List<long> later = allowsDuplicates
                    ? []
                    : await _session.Connection.ColumnAsync<long>(ReprocessStatements.RemoveLater(_names), cancellationToken).ConfigureAwait(false);
                long redirects = await CountRedirectsAsync(changed, cancellationToken).ConfigureAwait(false);
                return new EntryMerge(removed, await RunAsync(ReprocessStatements.InsertKept(_names), cancellationToken).ConfigureAwait(false), redirects, later);
            },
            cancellationToken);

    public ValueTask<(long Duplicates, long Entries)> FinishAsync(long position, bool allowsDuplicates, CancellationToken cancellationToken) =>
        ChangeAsync(
            async () =>
            {
                long duplicates = allowsDuplicates ? 0 : await CountAsync(ReprocessStatements.RemoveDuplicates(_names)).ConfigureAwait(false);
                await RunAsync(
                    ReprocessStatements.SetVersion(_names), cancellationToken, PostgresSources.Text(_source), PostgresSources.Text(PipelineVersion.Current)).ConfigureAwait(false);
                return (duplicates, await CountAsync(ReprocessStatements.CountEntries(_names)).ConfigureAwait(false));

                Task<long> CountAsync(string sql) => NumberAsync(
                    sql,
                    cancellationToken,
                    PostgresSources.Text(_source),
                    new NpgsqlParameter<long> { TypedValue = position },
                    new NpgsqlParameter<long> { TypedValue = _lastId });
            },
            cancellationToken);

    /// <exception cref="IngestException">Another run reprocesses the source at the same time.</exception>
    public async ValueTask CommitAsync(long? position, CancellationToken cancellationToken)
    {
        (long? Position, string? Rules) next = (position, position is null ? null : _rules);
        try
        {
            await _session.GuardAsync(async () =>
            {
                int noted = await RunAsync(
                    ReprocessStatements.SetPosition(_names),
                    cancellationToken,
                    PostgresSources.Text(_source),
                    Number(next.Position),
                    PostgresSources.Text(next.Rules),
                    Number(_noted.Position),
                    PostgresSources.Text(_noted.Rules)).ConfigureAwait(false);
                if (noted == 0)
                {
                    throw new IngestException(
                        $"{DisplayName}: another run reprocesses {_source} at the same time.", "Wait for the end of that run, then run again.");
                }

                await RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
            _noted = next;
        }
        catch (Exception e)
        {
            _fault ??= ExceptionDispatchInfo.Capture(e);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) => _session.TryStartOverAsync(fault, true, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _session.CloseAsync().ConfigureAwait(false);
        _reader.Dispose();
        _gate.Dispose();
    }

    private static NpgsqlParameter Number(long? value) => new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = value is { } known ? known : DBNull.Value };

    /// <summary>Begins a transaction and changes entries. It stays open until <see cref="CommitAsync"/>, unless the change fails.</summary>
    private async ValueTask<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _fault?.Throw();
            return await _session.GuardAsync(async () =>
            {
                await RunAsync(ReprocessStatements.Begin(_names), cancellationToken).ConfigureAwait(false);
                return await change().ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The connection is in a failed transaction. The reader must fail in the same way, whichever of both is noticed first.
            _fault ??= ExceptionDispatchInfo.Capture(e);
            _gate.Release();
            throw;
        }
    }

    private async Task ReadPageAsync(StoredPage page, string source, long lastId, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _fault?.Throw();
            await _session.GuardAsync(async () =>
            {
                await RunAsync(ReprocessStatements.BeginReading, cancellationToken).ConfigureAwait(false);
                NpgsqlRawCopyStream stream = await _session.Connection.BeginRawBinaryCopyAsync(
                    ReprocessStatements.Read(_names, source, page.After, lastId, page.Limit), cancellationToken).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    _reader.Begin(stream);
                    while (!page.IsFull && await _reader.NextAsync(cancellationToken).ConfigureAwait(false))
                    {
                        page.Add(_reader.Current);
                    }
                }

                await RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _fault ??= ExceptionDispatchInfo.Capture(e);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Sends the changes to the temporary tables, one COPY after the other.</summary>
    private async ValueTask StageAsync(EntryBatch batch, IReadOnlyList<long> failedIds, CancellationToken cancellationToken)
    {
        CopyWriter failed = new(_session.Connection, "pg_temp.staged_removed", "raw_id");
        foreach (long rawId in failedIds)
        {
            failed.Buffer.BeginTuple(1);
            failed.Buffer.Int8(rawId);
            failed.CountRow();
        }

        await failed.EndAsync(cancellationToken).ConfigureAwait(false);
        CopyWriter changed = new(_session.Connection, "pg_temp.staged_entries", EntryTuples.EntryColumns);
        for (int i = 0; i < batch.RowCount; i++)
        {
            _tuples!.WriteEntry(changed.Buffer, batch.Rows[i].RawId, batch, batch.Rows[i]);
            changed.CountRow();
            if (changed.IsFull)
            {
                await changed.SendAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await changed.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Counts the entries to be written that point to another one.</summary>
    private async ValueTask<long> CountRedirectsAsync(EntryBatch changed, CancellationToken cancellationToken)
    {
        HashSet<long> redirects = [];
        foreach (ref readonly EntryRow row in changed.Rows)
        {
            if (row.IsRedirect)
            {
                redirects.Add(row.RawId);
            }
        }

        return redirects.Count == 0
            ? 0
            : (await _session.Connection.ColumnAsync<long>("SELECT raw_id FROM pg_temp.kept", cancellationToken).ConfigureAwait(false)).Count(redirects.Contains);
    }

    private ValueTask<int> RunAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        _session.Connection.RunAsync(sql, cancellationToken, parameters);

    private async Task<long> NumberAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        await _session.Connection.ScalarAsync(sql, cancellationToken, parameters).ConfigureAwait(false) as long? ?? 0;
}
