using FastIngest.Sinks;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// The base of the sinks that write to PostgreSQL. A run is one transaction on one connection. More connections would not be
/// faster, because all rows of a transaction are written by one server process, which is the bottleneck.
/// </summary>
/// <typeparam name="TRun">The properties of a run that are known at its start.</typeparam>
/// <typeparam name="TBatch">A batch of rows.</typeparam>
/// <typeparam name="TFigures">The counts of a run that are known at its end.</typeparam>
/// <typeparam name="TResult">The result of a run.</typeparam>
public abstract class PostgresRunSink<TRun, TBatch, TFigures, TResult> : ISink<TRun, TBatch, TFigures, TResult>
    where TRun : RunHead
{
    private readonly PostgresSession _session;
    private SinkState _state;
    private bool _hasBegun;

    private protected PostgresRunSink(string target, string schema, PostgresRetry retry)
    {
        PostgresAddress parsed = PostgresAddress.Parse(target);
        DisplayName = parsed.DisplayName;
        Names = new PostgresNames(schema);
        _session = new PostgresSession(parsed, Names, retry);
        _state = new SinkState(DisplayName);
    }

    public string DisplayName { get; }

    private protected PostgresNames Names { get; }

    /// <summary>The run, once the sink is open.</summary>
    private protected TRun? Run { get; private set; }

    /// <exception cref="IngestException">The server cannot be reached or rejects the connection, or the tables cannot be used or are locked.</exception>
    public async ValueTask OpenAsync(TRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        Run = run;
        await _session.GuardAsync(async () =>
        {
            await _session.OpenAsync(cancellationToken).ConfigureAwait(false);
            await BeginAsync(_session.Connection, run, cancellationToken).ConfigureAwait(false);
            _hasBegun = true;
        }).ConfigureAwait(false);
    }

    /// <exception cref="IngestException">The server rejected rows, or the connection broke.</exception>
    public ValueTask WriteAsync(TBatch batch, CancellationToken cancellationToken) => SendAsync(() => SendAsync(batch, cancellationToken));

    /// <exception cref="IngestException">The transaction could not be committed; the tables are unchanged.</exception>
    public async ValueTask<TResult> CompleteAsync(TFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        TResult? result = default;
        await _session.GuardAsync(async () =>
        {
            if (_session.IsNew && EmptyResult(figures) is { } empty)
            {
                result = empty;
                await _session.RollBackAsync(cancellationToken).ConfigureAwait(false);
                return;
            }

            result = await FinishAsync(figures, cancellationToken).ConfigureAwait(false);
            await _session.CommitAsync(Run!.RunId, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        _state.Completed();
        await CloseAsync().ConfigureAwait(false);
        return result!;
    }

    /// <summary>Prepares a retry after a transient error: waits and resets the sink. The server has rolled back the transaction.</summary>
    /// <returns>False when the error is not transient or no retry is left.</returns>
    public async ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken)
    {
        if (!await _session.TryStartOverAsync(fault, _hasBegun, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        Forget();
        _state = new SinkState(DisplayName);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_state.Dispose())
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Begins the transaction.</summary>
    private protected abstract ValueTask BeginAsync(NpgsqlConnection connection, TRun run, CancellationToken cancellationToken);

    /// <summary>Sends rows.</summary>
    private protected abstract ValueTask SendAsync(TBatch batch, CancellationToken cancellationToken);

    /// <summary>Moves all rows to their final tables and records the run. The caller commits afterwards.</summary>
    private protected abstract ValueTask<TResult> FinishAsync(TFigures figures, CancellationToken cancellationToken);

    /// <summary>Returns the result of a run that has nothing to store; null for any other run.</summary>
    private protected abstract TResult? EmptyResult(TFigures figures);

    /// <summary>Releases the objects that <see cref="BeginAsync"/> created.</summary>
    private protected abstract void Release();

    /// <summary>Runs a send operation; allowed only between opening and completion.</summary>
    private protected async ValueTask SendAsync(Func<ValueTask> send)
    {
        _state.Write();
        await _session.GuardAsync(() => send().AsTask()).ConfigureAwait(false);
    }

    private void Forget()
    {
        _hasBegun = false;
        Release();
    }

    private async ValueTask CloseAsync()
    {
        Forget();
        await _session.CloseAsync().ConfigureAwait(false);
    }
}
