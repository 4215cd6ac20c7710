using FastIngest.Health;

namespace FastIngest.Sinks.Postgres;

/// <summary>
/// Writes daily summaries to PostgreSQL, a run as one transaction over one connection. One suffices: the server's one
/// process for it is what takes the time, whichever way rows come to a table that they must reach together.
/// </summary>
public sealed class PostgresSink : ISummarySink
{
    private readonly PostgresTarget _target;
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private SinkState _state;
    private PostgresLoad? _load;
    private SinkRun? _run;

    /// <param name="target">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresTarget.Parse"/>.</param>
    /// <param name="schema">The schema of the tables, made if it is missing.</param>
    /// <exception cref="IngestException">The target makes no sense.</exception>
    public PostgresSink(string target, string schema)
        : this(target, schema, PostgresRetry.Default)
    {
    }

    internal PostgresSink(string target, string schema, PostgresRetry retry)
    {
        _target = PostgresTarget.Parse(target);
        _names = new PostgresNames(schema);
        _session = new PostgresSession(_target, _names, retry);
        _state = new SinkState(DisplayName);
    }

    public string DisplayName => _target.DisplayName;

    /// <exception cref="IngestException">The server cannot be reached or refuses, or the tables cannot be used or are locked.</exception>
    public async ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        _run = run;
        await _session.GuardAsync(async () =>
        {
            await _session.OpenAsync(cancellationToken).ConfigureAwait(false);
            _load = await PostgresLoad.BeginAsync(_session.Connection, _names, DisplayName, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <exception cref="IngestException">The server refused rows, or the connection broke.</exception>
    public async ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        await _session.GuardAsync(() => _load!.WriteAsync(batch, cancellationToken).AsTask()).ConfigureAwait(false);
    }

    /// <exception cref="IngestException">The transaction could not be committed; the tables are as before.</exception>
    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        SinkResult result = new(0, 0, 0, 0);
        await _session.GuardAsync(async () =>
        {
            result = await _load!.FinishAsync(_run!, figures, cancellationToken).ConfigureAwait(false);
            await _session.CommitAsync(_run!.RunId, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        _state.Completed();
        await CloseAsync().ConfigureAwait(false);
        return result;
    }

    /// <summary>A fault that passes by itself is waited out, a few times; the server has undone all that was sent.</summary>
    public async ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken)
    {
        if (!await _session.TryStartOverAsync(fault, _load is not null, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        _load = null;
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

    private async ValueTask CloseAsync()
    {
        _load = null;
        await _session.CloseAsync().ConfigureAwait(false);
    }
}
