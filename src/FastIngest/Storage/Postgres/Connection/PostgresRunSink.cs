using FastIngest.Sinks;
using FastIngest.Storage.Postgres.Schema;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// What sinks into PostgreSQL have in common: a run is one transaction over one connection. One suffices: the server's one
/// process for it is what takes the time, whichever way rows come to a table that they must reach together.
/// </summary>
/// <typeparam name="TRun">What it may record about a run at its start.</typeparam>
/// <typeparam name="TBatch">Rows.</typeparam>
/// <typeparam name="TFigures">What it may record about a run at its end.</typeparam>
/// <typeparam name="TResult">What it says it did.</typeparam>
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

    /// <exception cref="IngestException">The server cannot be reached or refuses, or the tables cannot be used or are locked.</exception>
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

    /// <exception cref="IngestException">The server refused rows, or the connection broke.</exception>
    public ValueTask WriteAsync(TBatch batch, CancellationToken cancellationToken) => SendAsync(() => SendAsync(batch, cancellationToken));

    /// <exception cref="IngestException">The transaction could not be committed; the tables are as before.</exception>
    public async ValueTask<TResult> CompleteAsync(TFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        TResult? result = default;
        await _session.GuardAsync(async () =>
        {
            result = await FinishAsync(figures, cancellationToken).ConfigureAwait(false);
            await _session.CommitAsync(Run!.RunId, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        _state.Completed();
        await CloseAsync().ConfigureAwait(false);
        return result!;
    }

    /// <summary>A fault that passes by itself is waited out, a few times; the server has undone all that was sent.</summary>
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

    /// <summary>Brings everything to its table and records the run; what is left is to commit.</summary>
    private protected abstract ValueTask<TResult> FinishAsync(TFigures figures, CancellationToken cancellationToken);

    /// <summary>Forgets what <see cref="BeginAsync"/> made.</summary>
    private protected abstract void Release();

    /// <summary>Sends something between opening and completion.</summary>
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
