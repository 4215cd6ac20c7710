using FastIngest.Lexicon;

namespace FastIngest.Sinks.Postgres;

/// <summary>Writes a dictionary's records and entries to PostgreSQL, a run as one transaction over one connection.</summary>
public sealed class PostgresEntrySink : IEntrySink
{
    private readonly PostgresNames _names;
    private readonly PostgresSession _session;
    private readonly int _mergeRows;
    private readonly long _maxRemembered;
    private SinkState _state;
    private EntryLoad? _load;
    private EntryRun? _run;

    /// <param name="target">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresTarget.Parse"/>.</param>
    /// <param name="schema">The schema of the tables, made if it is missing.</param>
    /// <param name="mergeRows">Records sent before they are merged into the tables, where the source has some already.</param>
    /// <exception cref="IngestException">The target makes no sense.</exception>
    public PostgresEntrySink(string target, string schema, int mergeRows)
        : this(target, schema, mergeRows, PostgresRetry.Default, EntryLoad.MaxRemembered)
    {
    }

    internal PostgresEntrySink(string target, string schema, int mergeRows, PostgresRetry retry, long maxRemembered)
    {
        PostgresTarget parsed = PostgresTarget.Parse(target);
        DisplayName = parsed.DisplayName;
        _names = new PostgresNames(schema);
        _session = new PostgresSession(parsed, _names, retry);
        _mergeRows = mergeRows;
        _maxRemembered = maxRemembered;
        _state = new SinkState(DisplayName);
    }

    public string DisplayName { get; }

    public EntryResult SoFar { get; private set; } = EntryResult.Zero;

    /// <exception cref="IngestException">The server cannot be reached or refuses, or the tables cannot be used or are locked.</exception>
    public async ValueTask OpenAsync(EntryRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        _run = run;
        await _session.GuardAsync(async () =>
        {
            await _session.OpenAsync(cancellationToken).ConfigureAwait(false);
            _load = await EntryLoad.BeginAsync(_session.Connection, _names, run, _mergeRows, _maxRemembered, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <exception cref="IngestException">The server refused rows, or the connection broke.</exception>
    public async ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        await _session.GuardAsync(() => _load!.WriteAsync(batch, cancellationToken).AsTask()).ConfigureAwait(false);
        SoFar = _load!.SoFar;
    }

    /// <exception cref="IngestException">The transaction could not be committed; the tables are as before.</exception>
    public async ValueTask<EntryResult> CompleteAsync(EntryFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        await _session.GuardAsync(async () =>
        {
            SoFar = await _load!.FinishAsync(figures, cancellationToken).ConfigureAwait(false);
            await _session.CommitAsync(_run!.RunId, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        _state.Completed();
        await CloseAsync().ConfigureAwait(false);
        return SoFar;
    }

    /// <summary>A fault that passes by itself is waited out, a few times.</summary>
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
