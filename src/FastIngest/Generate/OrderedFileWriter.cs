using Microsoft.Win32.SafeHandles;

namespace FastIngest.Generate;

/// <summary>Creates the blocks of a file. Each worker has an instance of its own.</summary>
internal interface IBlockMaker
{
    /// <summary>Returns the bytes of a block, valid until the next call, and the number of records in it.</summary>
    ReadOnlyMemory<byte> Make(long block, out int records);
}

/// <summary>
/// Writes one file. Each worker takes the next block, creates its records in a buffer of its own, waits until all earlier
/// blocks have an offset in the file, takes the offset after them, and writes there. Blocks are in order without a queue.
/// <code>
/// worker 0   make 0 ─► place 0 ─► write 0    make 2 ─► place 2 ─► write 2
/// worker 1   make 1 ──► place 1 ─► write 1     make 3 ─► place 3 ─► …
/// </code>
/// </summary>
/// <param name="path">The path of the file. It takes the place of what has the name, and is deleted if it cannot be completed.</param>
/// <param name="blocks">The number of blocks.</param>
/// <param name="workers">The maximum number of threads.</param>
/// <param name="maker">Creates the block maker of a worker.</param>
/// <param name="blockWritten">Receives the number of bytes of each written block, on any thread.</param>
internal sealed class OrderedFileWriter(
    string path, long blocks, int workers, Func<IBlockMaker> maker, Action<long>? blockWritten, CancellationToken cancellationToken)
{
    private readonly Lock _take = new();
    private readonly object _place = new();

    // Guarded by _take.
    private long _nextBlock;

    // Guarded by _place.
    private long _placedBlocks;
    private long _fileBytes;
    private long _records;
    private bool _stopped;

    /// <summary>
    /// The bytes at the start of the file. They replace the first <see cref="HeadReplaces"/> bytes of the first block with
    /// records.
    /// </summary>
    public byte[] Head { get; init; } = [];

    public int HeadReplaces { get; init; }

    /// <summary>The bytes after the last record; <see cref="Empty"/> is the content of a file without records.</summary>
    public byte[] Tail { get; init; } = [];

    public byte[] Empty { get; init; } = [];

    /// <exception cref="IngestException">The file cannot be written.</exception>
    public GeneratedFile Write()
    {
        bool incomplete = false;
        try
        {
            using (FileStream file = NewFile.Create(path, new FileStreamOptions { Access = FileAccess.Write, BufferSize = 0 }))
            {
                incomplete = true;
                WriteTo(file.SafeFileHandle);
            }

            incomplete = false;
            return new GeneratedFile(path, _fileBytes, _records);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw GeneratorErrors.CannotWrite(path, error);
        }
        finally
        {
            if (incomplete)
            {
                GeneratorErrors.DeleteIncomplete(path);
            }
        }
    }

    private void WriteTo(SafeFileHandle file)
    {
        int count = (int)Math.Clamp(blocks, 1, Math.Clamp(workers, 1, 16));
        if (count == 1)
        {
            Work(file);
        }
        else
        {
            try
            {
                Task.WaitAll(Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(
                    () => Work(file), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray(), CancellationToken.None);
            }
            catch (AggregateException errors)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
            }
        }

        byte[] end = _records == 0 ? Empty : Tail;
        RandomAccess.Write(file, end, _fileBytes);
        _fileBytes += end.Length;
    }

    private void Work(SafeFileHandle file)
    {
        try
        {
            IBlockMaker blockMaker = maker();
            while (TakeBlock() is { } block)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ReadOnlyMemory<byte> bytes = blockMaker.Make(block, out int records);
                if (!Place(block, records, ref bytes, out long offset))
                {
                    return;
                }

                RandomAccess.Write(file, bytes.Span, offset);
                blockWritten?.Invoke(bytes.Length);
            }
        }
        catch
        {
            lock (_place)
            {
                _stopped = true;
                Monitor.PulseAll(_place);
            }

            throw;
        }
    }

    private long? TakeBlock()
    {
        lock (_take)
        {
            return _nextBlock < blocks ? _nextBlock++ : null;
        }
    }

    /// <summary>Waits for the earlier blocks and assigns an offset; false if another worker has failed.</summary>
    private bool Place(long block, int records, ref ReadOnlyMemory<byte> bytes, out long offset)
    {
        offset = 0;
        lock (_place)
        {
            while (_placedBlocks != block && !_stopped)
            {
                Monitor.Wait(_place);
            }

            if (_stopped)
            {
                return false;
            }

            if (_records == 0 && records > 0)
            {
                bytes = (byte[])[.. Head, .. bytes.Span[HeadReplaces..]];
            }

            offset = _fileBytes;
            _fileBytes += bytes.Length;
            _records += records;
            _placedBlocks++;
            Monitor.PulseAll(_place);
            return true;
        }
    }
}
