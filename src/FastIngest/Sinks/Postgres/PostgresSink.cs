using FastIngest.Health;
using FastIngest.Sinks.Postgres.Records;

namespace FastIngest.Sinks.Postgres;

/// <summary>
/// Writes daily summaries to PostgreSQL, a run as one transaction over one connection. One suffices: the server's one
/// process for it is what takes the time, whichever way rows come to a table that they must reach together.
/// </summary>
public sealed class PostgresSink : ISummarySink, IRecordSink
{
    private readonly PostgresTarget _target;
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private readonly bool _takesRecords;
    private SinkState _state;
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
        _session = new PostgresSession(_target, _names, retry);
        _state = new SinkState(DisplayName);
    }

    public string DisplayName => _target.DisplayName;

    bool IRecordSink.TakesRecords => _takesRecords;

    /// <exception cref="IngestException">The server cannot be reached or refuses, or the tables cannot be used or are locked.</exception>
    public async ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        _run = run;
        await _session.GuardAsync(async () =>
        {
            await _session.OpenAsync(cancellationToken).ConfigureAwait(false);
            _load = await PostgresLoad.BeginAsync(_session.Connection, _names, DisplayName, _takesRecords, cancellationToken).ConfigureAwait(false);
            _records = _takesRecords ? await RecordLoad.BeginAsync(_session.Connection, _names, cancellationToken).ConfigureAwait(false) : null;
        }).ConfigureAwait(false);
    }

    /// <exception cref="IngestException">The server refused rows, or the connection broke.</exception>
    async ValueTask IRecordSink.WriteRecordsAsync(RecordChunk chunk, CancellationToken cancellationToken)
    {
        _state.Write();
        await _session.GuardAsync(() => _records!.WriteAsync(chunk, cancellationToken).AsTask()).ConfigureAwait(false);
    }

    /// <exception cref="IngestException">The server refused rows, or the connection broke.</exception>
    public async ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        await _session.GuardAsync(async () =>
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
        await _session.GuardAsync(async () =>
        {
            await _load!.EndCopiesAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<RecordTableResult> tables = _records is { } records ? await records.FinishAsync(cancellationToken).ConfigureAwait(false) : [];
            result = await _load.FinishAsync(_run!, figures, tables, cancellationToken).ConfigureAwait(false);
            result = result with { RemovedNuls = result.RemovedNuls + (_records?.RemovedNuls ?? 0) };
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
        _records = null;
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
        _records = null;
        await _session.CloseAsync().ConfigureAwait(false);
    }
}
