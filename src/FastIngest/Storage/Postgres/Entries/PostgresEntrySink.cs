using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Postgres.Connection;
using Npgsql;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>Writes the records and entries of a dictionary to PostgreSQL.</summary>
public sealed class PostgresEntrySink : PostgresRunSink<EntryRun, EntryBatch, EntryFigures, EntryResult>, IEntrySink
{
    private readonly int _mergeRows;
    private readonly long _maxRemembered;
    private EntryLoad? _load;

    /// <param name="target">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables, created if it is missing.</param>
    /// <param name="mergeRows">The number of staged records after which they are merged, if the source already has records.</param>
    /// <exception cref="IngestException">The target is invalid.</exception>
    public PostgresEntrySink(string target, string schema, int mergeRows)
        : this(target, schema, mergeRows, PostgresRetry.Default, EntryLoad.MaxRemembered)
    {
    }

    internal PostgresEntrySink(string target, string schema, int mergeRows, PostgresRetry retry, long maxRemembered)
        : base(target, schema, retry)
    {
        _mergeRows = mergeRows;
        _maxRemembered = maxRemembered;
    }

    public EntryResult SoFar { get; private set; } = EntryResult.Zero;

    private protected override async ValueTask BeginAsync(NpgsqlConnection connection, EntryRun run, CancellationToken cancellationToken) =>
        _load = await EntryLoad.BeginAsync(connection, Names, run, _mergeRows, _maxRemembered, cancellationToken).ConfigureAwait(false);

    private protected override async ValueTask SendAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        await _load!.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        SoFar = _load.SoFar;
    }

    private protected override async ValueTask<EntryResult> FinishAsync(EntryFigures figures, CancellationToken cancellationToken) =>
        SoFar = await _load!.FinishAsync(figures, cancellationToken).ConfigureAwait(false);

    private protected override EntryResult? EmptyResult(EntryFigures figures) => figures.Read == figures.Rejected ? EntryResult.Zero : null;

    private protected override void Release() => _load = null;
}
