using FastIngest.Health;
using FastIngest.Sinks;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Storage.Protobuf;

/// <summary>Writes all accepted records, and no summaries, as the messages of docs/fastingest.proto.</summary>
public sealed class ProtobufSink : ISummarySink, IRecordSink
{
    private readonly ProtobufOutput _output;
    private readonly SinkState _state;
    private readonly long[] _records = new long[Categories.Count];

    /// <param name="path">A file, or <c>-</c> for standard output.</param>
    /// <param name="openStandardOutput">Opens the stream for <c>-</c>; the sink flushes but does not close it.</param>
    public ProtobufSink(string path, Func<Stream> openStandardOutput, string tempDirectory)
    {
        DisplayName = "protobuf:" + path;
        _output = new ProtobufOutput(path, openStandardOutput, tempDirectory);
        _state = new SinkState(DisplayName);
    }

    public string DisplayName { get; }

    IRecordFormat? IRecordSink.RecordFormat => ProtobufRecordFormat.Instance;

    /// <exception cref="IngestException">The file cannot be written, or another run is writing it.</exception>
    public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        cancellationToken.ThrowIfCancellationRequested();
        _output.Open(run.Files.Count);
        return ValueTask.CompletedTask;
    }

    ValueTask IRecordSink.WriteRecordsAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        cancellationToken.ThrowIfCancellationRequested();
        _output.Write((ProtobufRecordBatch)batch);
        _records[(int)batch.Category] += batch.Rows;
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        return ValueTask.CompletedTask;
    }

    /// <exception cref="IngestException">The disk is full, or the reader closed the pipe.</exception>
    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        long records = _records.Sum();
        await _output.CompleteAsync(records, cancellationToken).ConfigureAwait(false);
        _state.Completed();
        return new SinkResult(records, records, 0, 0);
    }

    public ValueTask DisposeAsync()
    {
        if (_state.Dispose())
        {
            _output.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
