using FastIngest.Health;
using FastIngest.Sinks.Postgres.Records;
using Npgsql;

namespace FastIngest.Sinks.Postgres;

/// <summary>
/// Writes daily summaries to PostgreSQL, a run as one transaction over one connection. One suffices: the server's one
/// process for it is what takes the time, whichever way rows come to a table that they must reach together.
/// </summary>
public sealed class PostgresSink : ISummarySink, IRecordSink
{
    private readonly PostgresTarget _target;
    private readonly PostgresNames _names;
    private readonly PostgresRetry _retry;
    private readonly bool _takesRecords;
    private SinkState _state;
    private NpgsqlDataSource? _source;
    private NpgsqlConnection? _connection;
    private PostgresLoad? _load;
    private RecordLoad? _records;
    private SinkRun? _run;

    /// <param name="target">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresTarget.Parse"/>.</param>
    /// <param name="schema">The schema of the tables, made if it is missing.</param>
    /// <param name="takesRecords">Whether the records themselves are stored as well.</param>
    /// <exception cref="IngestException">The target makes no sense.</exception>
    public PostgresSink(string target, string schema, bool takesRecords = false)
        : this(target, schema, PostgresRetry.Default, takesRecords)
    {
    }

    internal PostgresSink(string target, string schema, PostgresRetry retry, bool takesRecords = false)
    {
        _takesRecords = takesRecords;
        _target = PostgresTarget.Parse(target);
        _names = new PostgresNames(schema);
        _retry = retry;
        _state = new SinkState(DisplayName);
    }

    public string DisplayName => _target.DisplayName;

    bool IRecordSink.TakesRecords => _takesRecords;

    /// <exception cref="IngestException">The server cannot be reached or refuses, or the tables cannot be used or are locked.</exception>
    public async ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        _run = run;
        await GuardAsync(async () =>
        {
            _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            await PostgresMigration.ApplyAsync(_connection, _names, DisplayName, cancellationToken).ConfigureAwait(false);
            _load = await PostgresLoad.BeginAsync(_connection, _names, DisplayName, _takesRecords, cancellationToken).ConfigureAwait(false);
            _records = _takesRecords ? await RecordLoad.BeginAsync(_connection, _names, cancellationToken).ConfigureAwait(false) : null;
        }).ConfigureAwait(false);
    }

    /// <exception cref="IngestException">The server refused rows, or the connection broke.</exception>
    async ValueTask IRecordSink.WriteRecordsAsync(RecordChunk chunk, CancellationToken cancellationToken)
    {
        _state.Write();
        await GuardAsync(() => _records!.WriteAsync(chunk, cancellationToken).AsTask()).ConfigureAwait(false);
    }

    /// <exception cref="IngestException">The server refused rows, or the connection broke.</exception>
    public async ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        await GuardAsync(async () =>
        {
            if (_records is { } records)
            {
                await records.EndCopyAsync(cancellationToken).ConfigureAwait(false);
            }

            await _load!.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <exception cref="IngestException">The transaction could not be committed; the tables are as before.</exception>
    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        SinkResult result = new(0, 0, 0, 0);
        await GuardAsync(async () =>
        {
            await _load!.EndCopiesAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<RecordTableResult> tables = _records is { } records ? await records.FinishAsync(cancellationToken).ConfigureAwait(false) : [];
            result = await _load.FinishAsync(_run!, figures, tables, cancellationToken).ConfigureAwait(false);
            result = result with { RemovedNuls = result.RemovedNuls + (_records?.RemovedNuls ?? 0) };
            await CommitAsync(cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        _state.Completed();
        await CloseAsync().ConfigureAwait(false);
        return result;
    }

    /// <summary>A fault that passes by itself is waited out, a few times; the server has undone all that was sent.</summary>
    public async ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken)
    {
        if (fault.InnerException is not { } cause || !PostgresFault.IsTransient(cause) || !await _retry.WaitAsync(cause, _load is not null, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await CloseAsync().ConfigureAwait(false);
        _state = new SinkState(DisplayName);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_state.Dispose())
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_source is null)
        {
            NpgsqlSlimDataSourceBuilder builder = new(_target.ConnectionString);
            builder.EnableTransportSecurity();

            // Built-in types are all that is sent, and known; asking for the others takes longer than a small run.
            builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
            _source = builder.Build();
        }

        return await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Commits. When the connection breaks before the answer, nobody can tell what became of the transaction but the
    /// server: a run that it has recorded is complete.
    /// </summary>
    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _connection!.RunAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFault.IsTransient(e))
        {
            if (!await WasCommittedAsync(e, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }
    }

    private async Task<bool> WasCommittedAsync(Exception fault, CancellationToken cancellationToken)
    {
        while (await _retry.WaitAsync(fault, true, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await CloseConnectionAsync().ConfigureAwait(false);
                _connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
                return await PostgresRuns.IsRecordedAsync(_connection, _names, _run!.RunId, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresFault.IsTransient(e))
            {
                fault = e;
            }
        }

        return false;
    }

    private async ValueTask GuardAsync(Func<Task> call)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFault.IsFault(e))
        {
            throw PostgresFault.Explain(e, DisplayName, _names.Schema);
        }
    }

    private async ValueTask CloseAsync()
    {
        await CloseConnectionAsync().ConfigureAwait(false);
        _load = null;
        _records = null;
        if (_source is { } source)
        {
            _source = null;
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closing a connection ends its transaction; that it is broken already changes nothing.</summary>
    private async ValueTask CloseConnectionAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            try
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresFault.IsFault(e))
            {
            }
        }
    }
}
