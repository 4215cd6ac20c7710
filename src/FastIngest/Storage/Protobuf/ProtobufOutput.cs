using System.Buffers;
using FastIngest.Health;
using FastIngest.Sinks.Records;
using FastIngest.Storage.Files;

namespace FastIngest.Storage.Protobuf;

/// <summary>
/// The file of messages. Chunks arrive in nearly the order of the input; where they did not, the file is copied once in the right order, because
/// the records of a day count in that order. A file is written as <c>FILE.partial</c> and renamed; for standard output, a device or
/// a pipe the messages are kept in a temporary file without a name until the run is complete.
/// </summary>
/// <param name="path">A file, or <c>-</c> for standard output.</param>
/// <param name="openStandardOutput">Opens the stream for <c>-</c>, which is flushed but not closed.</param>
/// <param name="tempDirectory">The folder of the temporary file.</param>
internal sealed class ProtobufOutput(string path, Func<Stream> openStandardOutput, string tempDirectory) : IDisposable
{
    private const int FlushBytes = 256 * 1024;
    private const string StandardOutput = "-";

    private readonly FrameWriter _frames = new();
    private readonly List<Range> _ranges = [];
    private readonly Dictionary<(int File, int Collected), uint> _files = [];
    private PartialFile? _partial;
    private FileStream? _spool;
    private Stream? _device;
    private long _written, _batches;
    private bool _hasHeader;
    private int _inputFiles;

    /// <summary>The name of the output in messages.</summary>
    private string MessageName => path == StandardOutput ? "standard output" : path;

    /// <summary>The stream that receives the messages as they arrive.</summary>
    private FileStream Spool => _partial?.Stream ?? _spool!;

    private long Position => _written + _frames.Buffer.Length;

    /// <param name="inputFiles">The number of input files of the run.</param>
    /// <exception cref="IngestException">The file cannot be written, or another run is writing it.</exception>
    public void Open(int inputFiles)
    {
        _inputFiles = inputFiles;
        if (path != StandardOutput && !SpecialFile.Is(path))
        {
            _partial = PartialFile.Create(path, PartialFile.Resolve(path));
            return;
        }

        _spool = Guarded(() => new FileStream(UnnamedFile.Create(tempDirectory, "pb"), FileAccess.ReadWrite, bufferSize: 0), tempDirectory);
    }

    /// <summary>Writes the messages of a chunk.</summary>
    public void Write(ProtobufRecordBatch batch)
    {
        WriteHeader(batch.Repeats);
        long start = Position;
        foreach (EncodedBatch encoded in batch.Encoded)
        {
            _frames.WriteBatch(NumberOf(batch.Place.File, encoded.File), batch.BytesOf(encoded).Span);
            _batches++;
            if (_frames.Buffer.Length >= FlushBytes)
            {
                Flush();
            }
        }

        _ranges.Add(new Range(batch.Place, start, Position - start));
    }

    /// <summary>Writes the end, brings the chunks into the order of the input, and makes the file visible.</summary>
    /// <exception cref="IngestException">The disk is full, or the reader closed the pipe.</exception>
    public async ValueTask CompleteAsync(long records, CancellationToken cancellationToken)
    {
        WriteHeader(default);
        long end = Position;
        _frames.WriteEnd(records, _batches);
        Flush();
        Range[] sorted = [.. _ranges.OrderBy(r => r.Place)];
        bool isSorted = sorted.AsSpan().SequenceEqual([.. _ranges]);
        long header = _ranges.Count > 0 ? _ranges[0].Offset : end;
        IEnumerable<Range> order = [new Range(default, 0, header), .. sorted, new Range(default, end, _written - end)];
        if (_partial is { } partial)
        {
            if (!isSorted)
            {
                await CopyAsync(order, Spool, Guarded(partial.OpenReplacement, path), cancellationToken).ConfigureAwait(false);
                Guarded(partial.UseReplacement, path);
            }

            await partial.PublishAsync(replace: true, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Opening a named pipe blocks until a reader opens it.
        _device = path == StandardOutput ? openStandardOutput() : await Task.Run(
            () => Guarded(() => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), path),
            CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        await CopyAsync(order, Spool, _device, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _partial?.Dispose();
        _spool?.Dispose();
        if (path != StandardOutput)
        {
            _device?.Dispose();
        }
    }

    /// <summary>The number of an input file; those in an input file that is itself of this format come after the numbers of all input files.</summary>
    private uint NumberOf(int file, int collected)
    {
        if (collected == 0)
        {
            return (uint)file;
        }

        if (!_files.TryGetValue((file, collected), out uint number))
        {
            _files.Add((file, collected), number = (uint)(_inputFiles + _files.Count));
        }

        return number;
    }

    private void WriteHeader(RepeatRule repeats)
    {
        if (!_hasHeader)
        {
            _hasHeader = true;
            _frames.WriteHeader(repeats);
        }
    }

    private void Flush()
    {
        Guarded(() => Spool.Write(_frames.Buffer.Written), MessageName);
        _written += _frames.Buffer.Length;
        _partial?.CountWritten(_frames.Buffer.Length);
        _frames.Buffer.Clear();
    }

    private async ValueTask CopyAsync(IEnumerable<Range> ranges, FileStream from, Stream to, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FlushBytes);
        try
        {
            foreach (Range range in ranges)
            {
                for (long done = 0; done < range.Length;)
                {
                    int length = (int)Math.Min(buffer.Length, range.Length - done);
                    from.Position = range.Offset + done;
                    from.ReadExactly(buffer, 0, length);
                    done += length;

                    // A pipe whose reader waits blocks the write, but cancellation still works.
                    await to.WriteAsync(buffer.AsMemory(0, length), CancellationToken.None).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            await to.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, MessageName);
        }

        // After a cancellation, a write may still read the buffer, which then must not return to the pool.
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static void Guarded(Action action, string name) => Guarded(
        () =>
        {
            action();
            return true;
        },
        name);

    private static T Guarded<T>(Func<T> action, string name)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (FileFault.IsFault(e))
        {
            throw FileFault.Explain(e, name);
        }
    }

    /// <summary>The messages of a chunk in the file.</summary>
    private readonly record struct Range(RecordPlace Place, long Offset, long Length);
}
