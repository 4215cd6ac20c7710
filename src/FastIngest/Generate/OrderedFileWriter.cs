using Microsoft.Win32.SafeHandles;

namespace FastIngest.Generate;

/// <summary>Makes the blocks of a file, one after another; each worker has one of its own.</summary>
internal interface IBlockMaker
{
    /// <summary>The bytes of a block, valid until the next, and how many records they are.</summary>
    ReadOnlyMemory<byte> Make(long block, out int records);
}

/// <summary>
/// Writes one file. Workers each take the next block, make its records in a buffer of their own, wait until all blocks
/// before it have a place in the file, take the bytes behind them, and write there: in order, without a queue.
/// <code>
/// worker 0   make 0 ─► place 0 ─► write 0    make 2 ─► place 2 ─► write 2
/// worker 1   make 1 ──► place 1 ─► write 1     make 3 ─► place 3 ─► …
/// </code>
/// </summary>
/// <param name="path">The file; it is overwritten, and deleted should it not be finished.</param>
/// <param name="blocks">How many blocks there are.</param>
/// <param name="workers">How many threads work at most.</param>
/// <param name="maker">Makes a worker's maker.</param>
/// <param name="blockWritten">Hears the bytes of each block, on any thread.</param>
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

    /// <summary>What stands before the first record in place of so many of its bytes.</summary>
    public byte[] Head { get; init; } = [];

    public int HeadReplaces { get; init; }

    /// <summary>What stands behind the last record, and what a file without records holds.</summary>
    public byte[] Tail { get; init; } = [];

    public byte[] Empty { get; init; } = [];

    /// <exception cref="IngestException">The file cannot be written.</exception>
    public GeneratedFile Write()
    {
        bool incomplete = false;
        try
        {
            using (SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
            {
                incomplete = true;
                WriteTo(file);
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

    /// <summary>Waits for the blocks before this one; false if another worker has failed meanwhile.</summary>
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
