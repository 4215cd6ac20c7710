using FastIngest.Health;
using FastIngest.Sinks;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;
using FastIngest.Storage.Sqlite.Schema;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>
/// Writes daily summaries to a SQLite file. A new database is built in a partial file and appears only when it is complete;
/// an existing database is changed in one transaction. In both cases nothing is visible before <see cref="CompleteAsync"/>.
/// The calls do their work on the caller's thread.
/// </summary>
public sealed class SqliteSink : ISummarySink
{
    private readonly string _path;
    private readonly SqliteTuning _tuning;
    private readonly OnFewer _onFewer;
    private readonly SinkState _state;
    private ISqliteLoad? _target;

    /// <param name="path">The database file.</param>
    /// <param name="onFewer">What happens to stored days that the run would make poorer.</param>
    public SqliteSink(string path, OnFewer onFewer = OnFewer.Replace)
        : this(path, SqliteTuning.Default, onFewer)
    {
    }

    internal SqliteSink(string path, SqliteTuning tuning, OnFewer onFewer = OnFewer.Replace)
    {
        _path = path;
        _onFewer = onFewer;
        _tuning = tuning;
        _state = new SinkState(DisplayName);
    }

    public string DisplayName => "sqlite:" + _path;

    /// <exception cref="IngestException">
    /// The file cannot be written, was not created by this program, is locked, or is being built by another run.
    /// </exception>
    public async ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        cancellationToken.ThrowIfCancellationRequested();
        SqliteTransaction transaction = await SqliteTransaction.BeginAsync(_path, SummarySchema.Tables, _tuning, cancellationToken).ConfigureAwait(false);
        try
        {
            _target = transaction.IsNew ? new SqliteBuild(transaction, _path, run) : new SqliteMerge(transaction, _path, run, _onFewer);
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    /// <exception cref="IngestException">The disk is full, or the database is damaged.</exception>
    public ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        _target!.Write(batch, cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <exception cref="IngestException">The disk is full, or a file of this name appeared in the meantime.</exception>
    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        SinkResult result = await _target!.CompleteAsync(figures, cancellationToken).ConfigureAwait(false);
        _state.Completed();
        return result;
    }

    public ValueTask DisposeAsync()
    {
        if (_state.Dispose())
        {
            _target?.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
