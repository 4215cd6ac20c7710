using FastIngest.Health;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Postgres.Connection;
using FastIngest.Storage.Postgres.Records;
using Npgsql;

namespace FastIngest.Storage.Postgres.Summaries;

/// <summary>Writes daily summaries, and optionally the records, to PostgreSQL.</summary>
public sealed class PostgresSink : PostgresRunSink<SinkRun, SummaryBatch, RunFigures, SinkResult>, ISummarySink, IRecordSink
{
    private readonly bool _takesRecords;
    private readonly OnFewer _onFewer;
    private readonly string _tempDirectory;
    private PostgresLoad? _load;
    private RecordLoad? _records;

    /// <param name="target">A URL or <c>postgres:</c> and keywords, see <see cref="PostgresAddress.Parse"/>.</param>
    /// <param name="schema">The schema of the tables, created if it is missing.</param>
    /// <param name="takesRecords">Whether the records are stored, too.</param>
    /// <param name="onFewer">What happens to stored days that the run would make poorer.</param>
    /// <param name="tempDirectory">The folder of temporary files; null for that of the system.</param>
    /// <exception cref="IngestException">The target is invalid.</exception>
    public PostgresSink(string target, string schema, bool takesRecords = false, OnFewer onFewer = OnFewer.Replace, string? tempDirectory = null)
        : this(target, schema, PostgresRetry.Default, takesRecords, onFewer, tempDirectory)
    {
    }

    internal PostgresSink(string target, string schema, PostgresRetry retry, bool takesRecords = false, OnFewer onFewer = OnFewer.Replace, string? tempDirectory = null)
        : base(target, schema, retry)
    {
        _tempDirectory = tempDirectory ?? Path.GetTempPath();
        _takesRecords = takesRecords;
        _onFewer = onFewer;
    }

    IRecordFormat? IRecordSink.RecordFormat => _takesRecords ? CopyRecordFormat.Instance : null;

    /// <exception cref="IngestException">The server rejected rows, or the connection broke.</exception>
    ValueTask IRecordSink.WriteRecordsAsync(RecordBatch batch, CancellationToken cancellationToken) =>
        SendAsync(() => _records!.WriteAsync((CopyRecordBatch)batch, cancellationToken));

    /// <exception cref="IngestException">The connection broke, or another program changed the tables.</exception>
    ValueTask IRecordSink.TakeStoredAsync(StoredRecordReceiver receive, CancellationToken cancellationToken) =>
        SendAsync(async () =>
        {
            await _records!.UniteAsync(cancellationToken).ConfigureAwait(false);
            if (_onFewer == OnFewer.Union)
            {
                await _records.TakeStoredAsync(DisplayName, receive, cancellationToken).ConfigureAwait(false);
            }
        });

    private protected override async ValueTask BeginAsync(NpgsqlConnection connection, SinkRun run, CancellationToken cancellationToken)
    {
        _load = await PostgresLoad.BeginAsync(connection, Names, DisplayName, _takesRecords, _onFewer, cancellationToken).ConfigureAwait(false);
        _records = _takesRecords ? await RecordLoad.BeginAsync(connection, Names, _onFewer == OnFewer.Keep, _tempDirectory, cancellationToken).ConfigureAwait(false) : null;
    }

    private protected override async ValueTask SendAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        if (_records is { } records)
        {
            await records.EndCopyAsync(cancellationToken).ConfigureAwait(false);
        }

        await _load!.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    private protected override async ValueTask<SinkResult> FinishAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        await _load!.EndCopiesAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RecordTableResult> tables = _records is { } records ? await records.FinishAsync(_load.KeptDays, cancellationToken).ConfigureAwait(false) : [];
        figures.Check(tables);
        SinkResult result = await _load.FinishAsync(Run!, figures, tables, cancellationToken).ConfigureAwait(false);
        return result with { RemovedNuls = result.RemovedNuls + (_records?.RemovedNuls ?? 0) };
    }

    private protected override SinkResult? EmptyResult(RunFigures figures) =>
        figures.Aggregated == 0 ? new SinkResult(0, 0, 0, 0) { IsAbsent = true } : null;

    private protected override void Release()
    {
        _load = null;
        _records?.Dispose();
        _records = null;
    }
}
