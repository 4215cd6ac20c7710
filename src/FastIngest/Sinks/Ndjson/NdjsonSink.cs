using CommunityToolkit.HighPerformance.Buffers;
using FastIngest.Health;

namespace FastIngest.Sinks.Ndjson;

/// <summary>
/// Writes one JSON object a line. A file is written as <c>FILE.partial</c> and takes its name, and the place of an
/// older one, when it is complete; standard output, a device or a pipe is written directly and cannot be taken back.
/// </summary>
public sealed class NdjsonSink : ISummarySink
{
    private const int FlushBytes = 256 * 1024;
    private const string StandardOutput = "-";

    private readonly string _path;
    private readonly Func<Stream> _openStandardOutput;
    private readonly SinkState _state;
    private readonly ArrayPoolBufferWriter<byte> _buffer = new(2 * FlushBytes);

    private PartialFile? _partial;
    private Stream? _stream;
    private Task _pendingWrite = Task.CompletedTask;
    private long _rows;

    /// <param name="path">A file, or <c>-</c> for standard output.</param>
    /// <param name="openStandardOutput">Gives the stream for <c>-</c>; the sink flushes but does not close it.</param>
    public NdjsonSink(string path, Func<Stream> openStandardOutput)
    {
        _path = path;
        _openStandardOutput = openStandardOutput;
        _state = new SinkState(DisplayName);
    }

    public string DisplayName => "ndjson:" + _path;

    /// <summary>The target in messages.</summary>
    private string Named => _path == StandardOutput ? "standard output" : _path;

    /// <exception cref="IngestException">The file cannot be written, or another run is writing it.</exception>
    public async ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken)
    {
        _state.Open();
        cancellationToken.ThrowIfCancellationRequested();
        if (_path == StandardOutput)
        {
            _stream = _openStandardOutput();
        }
        else if (SpecialFile.Is(_path))
        {
            // Opening a named pipe waits for its reader.
            _stream = await Guarded(Task.Run(
                () => (Stream)new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
                CancellationToken.None).WaitAsync(cancellationToken)).ConfigureAwait(false);
        }
        else
        {
            _partial = PartialFile.Create(_path, PartialFile.Resolve(_path));
            _stream = _partial.Stream;
        }
    }

    public async ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        _state.Write();
        for (int i = 0; i < batch.RowCount; i++)
        {
            SummaryJson.WriteLine(_buffer, batch, in batch.Rows[i]);
            if (_buffer.WrittenCount >= FlushBytes)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        _rows += batch.RowCount;
    }

    /// <exception cref="IngestException">The disk is full, or the reader is gone.</exception>
    public async ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        _state.Complete();
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        if (_partial is { } partial)
        {
            await partial.PublishAsync(replace: true, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            Stream stream = _stream!;
            await Guarded(Task.Run(
                () =>
                {
                    stream.Flush();
                    return true;
                },
                CancellationToken.None).WaitAsync(cancellationToken)).ConfigureAwait(false);
        }

        _state.Completed();
        return new SinkResult(_rows, _rows, 0, 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_state.Dispose())
        {
            return;
        }

        // A write that a cancelled run no longer waits for still reads the buffer: it keeps it, the pool does not.
        if (_pendingWrite.IsCompleted)
        {
            _buffer.Dispose();
        }

        if (_partial is { } partial)
        {
            partial.Dispose();
        }
        else if (_stream is { } stream && _path != StandardOutput && _pendingWrite.IsCompleted)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes out the buffer; a pipe that nobody reads holds up the write, but not a cancellation.</summary>
    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _pendingWrite = _stream!.WriteAsync(_buffer.WrittenMemory, CancellationToken.None).AsTask();
        await Guarded(Done(_pendingWrite).WaitAsync(cancellationToken)).ConfigureAwait(false);
        _partial?.Wrote(_buffer.WrittenCount);
        _buffer.Clear();

        static async Task<bool> Done(Task task)
        {
            await task.ConfigureAwait(false);
            return true;
        }
    }

    private async ValueTask<T> Guarded<T>(Task<T> task)
    {
        try
        {
            return await task.ConfigureAwait(false);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, Named);
        }
    }
}
