using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;
using NpgsqlTypes;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>Reads and updates the entries of a database. Changes go through temporary tables; an advisory lock blocks other dictionary runs.</summary>
public sealed class PostgresEntryStore : IEntryStore
{
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private CopyWriter? _failed, _changed;
    private EntryTuples? _tuples;
    private string _source = "", _rules = "";

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

    /// <summary>Connects and takes the lock.</summary>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => _session.GuardAsync(async () =>
    {
        await _session.OpenAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(ReprocessStatements.Staging(_names), cancellationToken).ConfigureAwait(false);
        await RunAsync($"SELECT pg_advisory_lock({EntryStatements.LockKey(_names)})", cancellationToken).ConfigureAwait(false);
        _failed = new CopyWriter(_session.Connection, "pg_temp.staged_removed", "raw_id");
        _changed = new CopyWriter(_session.Connection, "pg_temp.staged_entries", EntryTuples.EntryColumns);
    });

    public ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) => _session.GuardAsync<IReadOnlyList<string>>(async () =>
        await _session.Connection.ColumnAsync<string>($"SELECT source_id FROM {_names.Sources} ORDER BY source_id", cancellationToken).ConfigureAwait(false));

    public ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken) => _session.GuardAsync(() =>
        NumberAsync($"SELECT max(id) FROM {_names.RawEntries} WHERE source_id = $1", cancellationToken, PostgresSources.Text(source)));

    public ValueTask<IStoredRecords> ReadAsync(string source, long position, CancellationToken cancellationToken) => _session.GuardAsync<IStoredRecords>(async () =>
        await StoredRecords.OpenAsync(
            await _session.ConnectAsync(cancellationToken).ConfigureAwait(false),
            _names,
            source,
            position,
            e => PostgresFault.Explain(e, DisplayName, _names.Schema),
            cancellationToken).ConfigureAwait(false));

    public IStoredComparer CreateComparer(string source) => new StoredComparer(source);

    public ValueTask<long> BeginAsync(string source, string rules, CancellationToken cancellationToken)
    {
        (_source, _rules, _tuples) = (source, rules, new EntryTuples(source));
        return _session.GuardAsync(() => NumberAsync(
            $"SELECT reprocess_position FROM {_names.Sources} WHERE source_id = $1 AND reprocess_rules = $2",
            cancellationToken,
            PostgresSources.Text(source),
            PostgresSources.Text(rules)));
    }

    public ValueTask<EntryMerge> MergeAsync(EntryBatch changed, IReadOnlyList<long> failed, bool allowsDuplicates, CancellationToken cancellationToken) =>
        _session.GuardAsync(async () =>
        {
            await RunAsync(ReprocessStatements.Begin, cancellationToken).ConfigureAwait(false);
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
        });

    public ValueTask<(long Duplicates, long Entries)> FinishAsync(long position, bool allowsDuplicates, CancellationToken cancellationToken) =>
        _session.GuardAsync(async () =>
        {
            await RunAsync(ReprocessStatements.Begin, cancellationToken).ConfigureAwait(false);
            long duplicates = allowsDuplicates ? 0 : await CountAsync(ReprocessStatements.RemoveDuplicates(_names)).ConfigureAwait(false);
            await RunAsync(
                ReprocessStatements.SetVersion(_names), cancellationToken, PostgresSources.Text(_source), PostgresSources.Text(PipelineVersion.Current)).ConfigureAwait(false);
            return (duplicates, await CountAsync(ReprocessStatements.CountEntries(_names)).ConfigureAwait(false));

            Task<long> CountAsync(string sql) =>
                NumberAsync(sql, cancellationToken, PostgresSources.Text(_source), new NpgsqlParameter<long> { TypedValue = position });
        });

    public ValueTask CommitAsync(long? position, CancellationToken cancellationToken) => _session.GuardAsync(async () =>
    {
        await RunAsync(
            ReprocessStatements.SetPosition(_names),
            cancellationToken,
            PostgresSources.Text(_source),
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = position is { } known ? known : DBNull.Value },
            PostgresSources.Text(position is null ? null : _rules)).ConfigureAwait(false);
        await RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
    });

    public ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) => _session.TryStartOverAsync(fault, true, cancellationToken);

    public ValueTask DisposeAsync() => _session.CloseAsync();

    /// <summary>Sends the changes to the temporary tables, one COPY after the other.</summary>
    private async ValueTask StageAsync(EntryBatch changed, IReadOnlyList<long> failed, CancellationToken cancellationToken)
    {
        foreach (long rawId in failed)
        {
            _failed!.Buffer.BeginTuple(1);
            _failed.Buffer.Int8(rawId);
            _failed.CountRow();
        }

        await _failed!.EndAsync(cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < changed.RowCount; i++)
        {
            _tuples!.WriteEntry(_changed!.Buffer, changed.Rows[i].RawId, changed, changed.Rows[i]);
            _changed.CountRow();
            if (_changed.IsFull)
            {
                await _changed.SendAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await _changed!.EndAsync(cancellationToken).ConfigureAwait(false);
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
