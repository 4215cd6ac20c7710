using Microsoft.Win32.SafeHandles;

namespace FastIngest.Generate;

/// <summary>
/// Writes one file. Workers each take the next block of days, make its records in a buffer of their own, wait until all
/// blocks before it have a place in the file, take the bytes behind them, and write there: in order, without a queue.
/// <code>
/// worker 0   make 0 ─► place 0 ─► write 0    make 2 ─► place 2 ─► write 2
/// worker 1   make 1 ──► place 1 ─► write 1     make 3 ─► place 3 ─► …
/// </code>
/// </summary>
internal sealed class GeneratedFileWriter(
    RecordKind kind,
    GeneratorOptions options,
    DataSetSize size,
    Action<long>? blockWritten,
    CancellationToken cancellationToken)
{
    /// <summary>About a megabyte of heart rates, the most talkative category.</summary>
    private const int DaysPerBlock = 512;

    private readonly StyleText _text = StyleText.Of(options.Style);
    private readonly int _daysPerUser = kind.OncePerUser ? 1 : size.Days;
    private readonly Lock _take = new();
    private readonly object _place = new();

    // Guarded by _take.
    private long _nextBlock;

    // Guarded by _place.
    private long _placedBlocks;
    private long _fileBytes;
    private long _records;
    private bool _stopped;

    private long Days => size.Users * (long)_daysPerUser;

    public GeneratedFile Write()
    {
        string path = System.IO.Path.Combine(options.Directory, FastIngest.Health.Categories.Name(kind.Category) + _text.Extension);
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
        int workers = (int)Math.Clamp((Days / DaysPerBlock) + 1, 1, Math.Clamp(options.Workers, 1, 16));
        if (workers == 1)
        {
            Work(file);
        }
        else
        {
            try
            {
                Task.WaitAll(Enumerable.Range(0, workers).Select(_ => Task.Factory.StartNew(
                    () => Work(file), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray(), CancellationToken.None);
            }
            catch (AggregateException errors)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
            }
        }

        byte[] end = _records == 0 ? _text.Empty : _text.Tail;
        RandomAccess.Write(file, end, _fileBytes);
        _fileBytes += end.Length;
    }

    private void Work(SafeFileHandle file)
    {
        try
        {
            RecordWriter writer = new(options.Style, options.QuirkRate > 0 ? new QuirkMaker(options.Style, options.QuirkRate) : null);
            DayCell cell = new();
            while (TakeBlock() is { } block)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Make(block, cell, writer);
                if (!Place(block, writer, out ReadOnlyMemory<byte> bytes, out long offset))
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
            return _nextBlock * DaysPerBlock < Days ? _nextBlock++ : null;
        }
    }

    private void Make(long block, DayCell cell, RecordWriter writer)
    {
        writer.Clear();
        long endExcl = Math.Min(Days, (block + 1) * DaysPerBlock);
        (long user, long day) = Math.DivRem(block * DaysPerBlock, _daysPerUser);
        for (long i = block * DaysPerBlock; i < endExcl; i++)
        {
            cell.MoveTo(options.Seed, kind, user + 1, (int)day);
            kind.Write(cell, writer);
            if (++day == _daysPerUser)
            {
                day = 0;
                user++;
            }
        }
    }

    /// <summary>Waits for the blocks before this one; false if another worker has failed meanwhile.</summary>
    private bool Place(long block, RecordWriter writer, out ReadOnlyMemory<byte> bytes, out long offset)
    {
        bytes = writer.Written;
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

            if (_records == 0 && writer.Records > 0)
            {
                // The first record has no separator before it but the head of the file.
                bytes = (byte[])[.. _text.Head, .. bytes.Span[_text.Separator.Length..]];
            }

            offset = _fileBytes;
            _fileBytes += bytes.Length;
            _records += writer.Records;
            _placedBlocks++;
            Monitor.PulseAll(_place);
            return true;
        }
    }
}
