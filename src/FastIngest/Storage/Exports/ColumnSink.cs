using FastIngest.Health;
using FastIngest.Sinks;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Columns;
using FastIngest.Storage.Exports.Records;
using FastIngest.Storage.Postgres.Records;

namespace FastIngest.Storage.Exports;

/// <summary>Writes the daily summaries of a run to a file of columns, and optionally its records to files beside it.</summary>
internal sealed class ColumnSink : ISummarySink, IRecordSink
{
    private readonly ColumnFile _file;
    private readonly RecordFiles? _records;
    private readonly SinkState _state;

    /// <param name="format">The format.</param>
    /// <param name="place">A file, a folder, or <c>-</c>; see <see cref="ColumnFile"/>.</param>
    /// <param name="openStandardOutput">Opens the stream for <c>-</c>; the sink flushes but does not close it.</param>
    /// <param name="records">The files of the records; null if they are not stored.</param>
    public ColumnSink(ColumnFormat format, string place, Func<Stream> openStandardOutput, RecordFiles? records)
    {
        DisplayName = $"{format.Name}:{place}";
        _file = new ColumnFile(format, SummaryRows.Table, place, openStandardOutput);
        _records = records;
        _state = new SinkState(DisplayName);
    }

    public string DisplayName { get; }

    IRecordFormat? IRecordSink.RecordFormat => _records is null ? null : CopyRecordFormat.Instance;

    /// <exception cref="IngestException">A file cannot be written, or another run is writing it.</exception>
    public async ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        await _file.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (_records is { } records)
        {
            await records.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    ValueTask IRecordSink.WriteRecordsAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        _records!.Write((CopyRecordBatch)batch, cancellationToken);
        return ValueTask.CompletedTask;
    }

    public async ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        for (int i = 0; i < batch.RowCount; i++)
        {
            SummaryRows.Add(_file.Group, batch, in batch.Rows[i]);
            await _file.WriteIfFullAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <exception cref="IngestException">The disk is full, or the reader closed the pipe.</exception>
    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        await _file.FinishAsync(cancellationToken).ConfigureAwait(false);
        SinkResult result = new(_file.Rows, _file.Rows, 0, 0);
        if (_records is { } records)
        {
            result = result with { Tables = await records.FinishAsync(cancellationToken).ConfigureAwait(false), RemovedNuls = records.RemovedNuls };
            figures.Check(result.Tables);
            await records.PublishAsync(cancellationToken).ConfigureAwait(false);
        }

        // The summaries come last: where they are, the records are.
        await _file.PublishAsync(cancellationToken).ConfigureAwait(false);
        _state.Completed();
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        if (_state.Dispose())
        {
            await _file.DisposeAsync().ConfigureAwait(false);
            if (_records is { } records)
            {
                await records.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
