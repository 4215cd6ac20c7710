using FastIngest.Health;
using FastIngest.Sinks;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Storage.Columns;

/// <summary>Writes the daily summaries of a run to a file of columns.</summary>
internal sealed class ColumnSink : ISummarySink
{
    private readonly ColumnFile _file;
    private readonly SinkState _state;

    /// <param name="format">The format.</param>
    /// <param name="place">A file, a folder, or <c>-</c>; see <see cref="ColumnFile"/>.</param>
    /// <param name="openStandardOutput">Opens the stream for <c>-</c>; the sink flushes but does not close it.</param>
    public ColumnSink(ColumnFormat format, string place, Func<Stream> openStandardOutput)
    {
        DisplayName = $"{format.Name}:{place}";
        _file = new ColumnFile(format, SummaryRows.Table, place, openStandardOutput);
        _state = new SinkState(DisplayName);
    }

    public string DisplayName { get; }

    /// <exception cref="IngestException">The file cannot be written, or another run is writing it.</exception>
    public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        return _file.OpenAsync(cancellationToken);
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
        await _file.CompleteAsync(cancellationToken).ConfigureAwait(false);
        _state.Completed();
        return new SinkResult(_file.Rows, _file.Rows, 0, 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (_state.Dispose())
        {
            await _file.DisposeAsync().ConfigureAwait(false);
        }
    }
}
