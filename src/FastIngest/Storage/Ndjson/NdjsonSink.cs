using FastIngest.Health;
using FastIngest.Sinks;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Ndjson;

/// <summary>Writes daily summaries as one JSON object per line.</summary>
public sealed class NdjsonSink : ISummarySink
{
    private readonly FileOutput _output;
    private readonly SinkState _state;
    private long _rows;

    /// <param name="path">A file, or <c>-</c> for standard output.</param>
    /// <param name="openStandardOutput">Opens the stream for <c>-</c>; the sink flushes but does not close it.</param>
    public NdjsonSink(string path, Func<Stream> openStandardOutput)
    {
        DisplayName = "ndjson:" + path;
        _output = new FileOutput(path, openStandardOutput);
        _state = new SinkState(DisplayName);
    }

    public string DisplayName { get; }

    /// <exception cref="IngestException">The file cannot be written, or another run is writing it.</exception>
    public async ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        await _output.OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        for (int i = 0; i < batch.RowCount; i++)
        {
            SummaryJson.WriteLine(_output.Writer, batch, in batch.Rows[i]);
            if (_output.IsFull)
            {
                await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        _rows += batch.RowCount;
    }

    /// <exception cref="IngestException">The disk is full, or the reader closed the pipe.</exception>
    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        await _output.CompleteAsync(cancellationToken).ConfigureAwait(false);
        _state.Completed();
        return new SinkResult(_rows, _rows, 0, 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (_state.Dispose())
        {
            await _output.DisposeAsync().ConfigureAwait(false);
        }
    }
}
