using FastIngest.Lexicon;
using FastIngest.Sinks;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Sqlite.Connection;
using FastIngest.Storage.Sqlite.Runs;
using FastIngest.Storage.Sqlite.Schema;

namespace FastIngest.Storage.Sqlite.Entries;

/// <summary>
/// Writes the records and entries of a dictionary to a SQLite file, which may also hold daily summaries. Nothing is visible
/// before <see cref="CompleteAsync"/>; see <see cref="SqliteTransaction"/>.
/// </summary>
public sealed class SqliteEntrySink : IEntrySink
{
    private readonly string _path;
    private readonly SqliteTuning _tuning;
    private readonly long _maxRemembered;
    private readonly SinkState _state;
    private SqliteTransaction? _transaction;
    private SqliteEntryLoad? _load;

    /// <param name="path">The database file.</param>
    public SqliteEntrySink(string path)
        : this(path, SqliteTuning.Default, SqliteEntryLoad.MaxRemembered)
    {
    }

    internal SqliteEntrySink(string path, SqliteTuning tuning, long maxRemembered)
    {
        _path = path;
        _tuning = tuning;
        _maxRemembered = maxRemembered;
        _state = new SinkState(DisplayName);
    }

    public string DisplayName => "sqlite:" + _path;

    public EntryResult SoFar { get; private set; } = EntryResult.Zero;

    /// <exception cref="IngestException">
    /// The file cannot be written, was not created by this program, is locked, or is being built by another run.
    /// </exception>
    public async ValueTask OpenAsync(EntryRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        cancellationToken.ThrowIfCancellationRequested();
        _transaction = await SqliteTransaction.BeginAsync(_path, SqliteEntrySchema.Tables, _tuning, cancellationToken).ConfigureAwait(false);
        _load = new SqliteEntryLoad(_transaction, run, _maxRemembered);
    }

    /// <exception cref="IngestException">The disk is full, or the database is damaged.</exception>
    public ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        _load!.Write(batch, cancellationToken);
        SoFar = _load.SoFar;
        return ValueTask.CompletedTask;
    }

    /// <exception cref="IngestException">The disk is full, or a file of this name appeared in the meantime.</exception>
    public async ValueTask<EntryResult> CompleteAsync(EntryFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        SoFar = _load!.Finish(figures);
        if (!_transaction!.IsNew || SoFar.Loaded > 0)
        {
            await _transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        _state.Completed();
        return SoFar;
    }

    public ValueTask DisposeAsync()
    {
        if (_state.Dispose())
        {
            _transaction?.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
