using FastIngest.Lexicon;
using FastIngest.Sinks;
using FastIngest.Sinks.Entries;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Ndjson;

/// <summary>Writes dictionary entries as one JSON object per line, in input order.</summary>
public sealed class EntryNdjsonSink : IEntrySink
{
    private readonly FileOutput _output;
    private readonly SinkState _state;
    private EntryJson? _json;
    private EntryClassifier? _classifier;

    /// <param name="path">A file, or <c>-</c> for standard output.</param>
    /// <param name="openStandardOutput">Opens the stream for <c>-</c>; the sink flushes but does not close it.</param>
    public EntryNdjsonSink(string path, Func<Stream> openStandardOutput)
    {
        DisplayName = "ndjson:" + path;
        _output = new FileOutput(path, openStandardOutput);
        _state = new SinkState(DisplayName);
    }

    public string DisplayName { get; }

    public EntryResult SoFar { get; private set; } = EntryResult.Zero;

    /// <exception cref="IngestException">The file cannot be written, or another run is writing it.</exception>
    public async ValueTask OpenAsync(EntryRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        _json = new EntryJson(run.Source);
        _classifier = new EntryClassifier(run.Policy);
        await _output.OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        for (int i = 0; i < batch.RowCount; i++)
        {
            if (EntryClassifier.IsWritten(_classifier!.Next(batch.Rows[i])))
            {
                _json!.WriteLine(_output.Writer, batch, batch.Rows[i]);
                if (_output.IsFull)
                {
                    await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }

        SoFar = _classifier!.Result;
    }

    /// <exception cref="IngestException">The disk is full, or the reader closed the pipe.</exception>
    public async ValueTask<EntryResult> CompleteAsync(EntryFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        _classifier!.Result.Check(figures);
        await _output.CompleteAsync(cancellationToken).ConfigureAwait(false);
        _state.Completed();
        return _classifier!.Result;
    }

    public async ValueTask DisposeAsync()
    {
        if (_state.Dispose())
        {
            await _output.DisposeAsync().ConfigureAwait(false);
        }
    }
}
