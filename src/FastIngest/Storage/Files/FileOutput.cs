using System.Buffers;

namespace FastIngest.Storage.Files;

/// <summary>
/// The output of rows, or of another text. A file is written as <c>FILE.partial</c>; when it is complete, it is renamed and replaces an older
/// file. Standard output, a device or a pipe is written directly, so that its rows cannot be undone.
/// </summary>
/// <param name="path">A file, or <c>-</c> for standard output.</param>
/// <param name="openStandardOutput">Opens the stream for <c>-</c>, which is flushed but not closed.</param>
internal sealed class FileOutput(string path, Func<Stream> openStandardOutput) : IAsyncDisposable
{
    private const int FlushBytes = 256 * 1024;

    /// <summary>A larger buffer, which a huge row needed, is released.</summary>
    private const int MaxRetainedBytes = 8 * FlushBytes;
    private const string StandardOutput = "-";

    private ArrayBufferWriter<byte> _buffer = new(2 * FlushBytes);
    private PartialFile? _partial;
    private Stream? _stream;
    private Task _pendingWrite = Task.CompletedTask;

    /// <summary>The buffer for rows.</summary>
    public IBufferWriter<byte> Writer => _buffer;

    /// <summary>Whether <see cref="FlushAsync"/> should be called before the next row.</summary>
    public bool IsFull => _buffer.WrittenCount >= FlushBytes;

    /// <summary>The name of the output in messages.</summary>
    private string MessageName => path == StandardOutput ? "standard output" : path;

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
            // Opening a named pipe blocks until a reader opens it.
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

    /// <summary>Writes the buffer to the output. A pipe without a reader blocks the write, but cancellation still works.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_partial is { } partial)
        {
            WriteFile(partial);
        }
        else
        {
            _pendingWrite = _stream!.WriteAsync(_buffer.WrittenMemory, CancellationToken.None).AsTask();
            await Guarded(Done(_pendingWrite).WaitAsync(cancellationToken)).ConfigureAwait(false);
        }

        if (_buffer.Capacity > MaxRetainedBytes)
        {
            _buffer = new ArrayBufferWriter<byte>(2 * FlushBytes);
        }

        // Clear would overwrite all that was written.
        _buffer.ResetWrittenCount();

        static async Task<bool> Done(Task task)
        {
            await task.ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Writes the buffer, and a file to the disk, so that <see cref="CompleteAsync"/> has only the name to change.</summary>
    /// <exception cref="IngestException">The disk is full, or the reader closed the pipe.</exception>
    public async ValueTask SyncAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        if (_partial is { } partial)
        {
            await partial.SyncAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <exception cref="IngestException">The disk is full, or the reader closed the pipe.</exception>
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
        if (_partial is { } partial)
        {
            partial.Dispose();
        }
        else if (_stream is { } stream && path != StandardOutput && _pendingWrite.IsCompleted)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes the buffer to a file, on this thread: handing it to another one costs more than the write.</summary>
    private void WriteFile(PartialFile partial)
    {
        try
        {
            partial.Stream.Write(_buffer.WrittenSpan);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, MessageName);
        }

        partial.CountWritten(_buffer.WrittenCount);
    }

    private async ValueTask<T> Guarded<T>(Task<T> task)
    {
        try
        {
            return await task.ConfigureAwait(false);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, MessageName);
        }
    }
}
