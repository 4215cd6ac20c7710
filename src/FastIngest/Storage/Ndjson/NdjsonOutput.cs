using System.Buffers;
using CommunityToolkit.HighPerformance.Buffers;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Ndjson;

/// <summary>
/// Where lines go. A file is written as <c>FILE.partial</c> and takes its name, and the place of an older one, when it is
/// complete; standard output, a device or a pipe is written directly and cannot be taken back.
/// </summary>
/// <param name="path">A file, or <c>-</c> for standard output.</param>
/// <param name="openStandardOutput">Gives the stream for <c>-</c>, which is flushed but not closed.</param>
internal sealed class NdjsonOutput(string path, Func<Stream> openStandardOutput) : IAsyncDisposable
{
    private const int FlushBytes = 256 * 1024;
    private const string StandardOutput = "-";

    private readonly ArrayPoolBufferWriter<byte> _buffer = new(2 * FlushBytes);
    private PartialFile? _partial;
    private Stream? _stream;
    private Task _pendingWrite = Task.CompletedTask;

    /// <summary>Takes the lines.</summary>
    public IBufferWriter<byte> Writer => _buffer;

    /// <summary>Whether <see cref="FlushAsync"/> should be called before more is written.</summary>
    public bool IsFull => _buffer.WrittenCount >= FlushBytes;

    /// <summary>The target in messages.</summary>
    private string Named => path == StandardOutput ? "standard output" : path;

    /// <exception cref="IngestException">The file cannot be written, or another run is writing it.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (path == StandardOutput)
        {
            _stream = openStandardOutput();
        }
        else if (SpecialFile.Is(path))
        {
            // Opening a named pipe waits for its reader.
            _stream = await Guarded(Task.Run(
                () => (Stream)new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
                CancellationToken.None).WaitAsync(cancellationToken)).ConfigureAwait(false);
        }
        else
        {
            _partial = PartialFile.Create(path, PartialFile.Resolve(path));
            _stream = _partial.Stream;
        }
    }

    /// <summary>Writes out the buffer; a pipe that nobody reads holds up the write, but not a cancellation.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _pendingWrite = _stream!.WriteAsync(_buffer.WrittenMemory, CancellationToken.None).AsTask();
        await Guarded(Done(_pendingWrite).WaitAsync(cancellationToken)).ConfigureAwait(false);
        _partial?.CountWritten(_buffer.WrittenCount);
        _buffer.Clear();

        static async Task<bool> Done(Task task)
        {
            await task.ConfigureAwait(false);
            return true;
        }
    }

    /// <exception cref="IngestException">The disk is full, or the reader is gone.</exception>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        if (_partial is { } partial)
        {
            await partial.PublishAsync(replace: true, cancellationToken).ConfigureAwait(false);
            return;
        }

        Stream stream = _stream!;
        await Guarded(Task.Run(
            () =>
            {
                stream.Flush();
                return true;
            },
            CancellationToken.None).WaitAsync(cancellationToken)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        // A write that a cancelled run no longer waits for still reads the buffer: it keeps it, the pool does not.
        if (_pendingWrite.IsCompleted)
        {
            _buffer.Dispose();
        }

        if (_partial is { } partial)
        {
            partial.Dispose();
        }
        else if (_stream is { } stream && path != StandardOutput && _pendingWrite.IsCompleted)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
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
