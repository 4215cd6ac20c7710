namespace FastIngest.Net;

/// <summary>
/// The bytes of objects that are in memory: those that readers need now, and those that come next. Objects are read in ranges of
/// several blocks, some at the same time; readers wait only for the bytes they need. The number of blocks is bounded: the block
/// that was used longest ago goes first, and one that was read before one that was not. Thread-safe.
/// <code>
/// object    read and gone ┆ read ┆ being copied by readers ┆ arriving in parallel ranges ┆ not asked for
/// </code>
/// </summary>
internal sealed class RangeCache : IDisposable
{
    /// <summary>Small, because who takes samples needs only a few bytes of a block.</summary>
    public const int BlockBytes = 64 << 10;

    /// <summary>The number of blocks of a request, and of requests at the same time: enough to fill a line of 10 Gbit/s at 20 ms.</summary>
    private const int RequestBlocks = 64, MaxRequests = 8;

    private const int WaitMs = 1000;

    private readonly object _gate = new();
    private readonly Dictionary<BlockId, RangeBlock> _blocks = [];
    private readonly LinkedList<RangeBlock> _byUse = [];
    private readonly Stack<byte[]> _free = [];
    private readonly SemaphoreSlim _requests = new(MaxRequests);
    private readonly CancellationToken _stop;
    private readonly int _capacity, _maxAhead;
    private int _allocated;

    /// <param name="capacityBytes">The maximum memory of the blocks in bytes.</param>
    /// <param name="stop">Ends all waits.</param>
    public RangeCache(long capacityBytes, CancellationToken stop)
    {
        _capacity = (int)Math.Max(RequestBlocks, capacityBytes / BlockBytes);
        _maxAhead = _capacity / 4;
        _stop = stop;
    }

    /// <summary>Adds the first block of an object, which is known from its opening.</summary>
    public void Add(RemoteObject source, ReadOnlySpan<byte> head)
    {
        lock (_gate)
        {
            if (head.Length == LengthOf(source, 0) && Allocate(source, 0) is { } block)
            {
                head.CopyTo(block.Bytes);
                block.Filled = head.Length;
                block.IsArriving = false;
            }
        }
    }

    /// <summary>Fills a span with the bytes of an object from an offset on, which must lie inside it.</summary>
    /// <exception cref="IngestException">The object has changed, or it cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The run is stopped.</exception>
    public void Read(RemoteObject source, Span<byte> destination, long offset)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        long first = offset / BlockBytes, end = ((offset + destination.Length - 1) / BlockBytes) + 1;
        lock (_gate)
        {
            Request(source, first, Math.Min(end, first + (_capacity / 2)));
            int before = 0;
            while (before < RequestBlocks && _blocks.ContainsKey(new BlockId(source, first - before - 1)))
            {
                before++;
            }

            // Who has read the bytes before will read the next ones; others, such as those who take samples, may not.
            int ahead = before > 0 ? (int)Math.Min(_maxAhead, 2 * (before + end - first)) : 0;
            Request(source, end, end + ahead);
        }

        while (!destination.IsEmpty)
        {
            int start = (int)(offset % BlockBytes);
            int count = Math.Min(destination.Length, BlockBytes - start);
            RangeBlock block = Take(source, offset / BlockBytes, start + count);
            block.Bytes.AsSpan(start, count).CopyTo(destination);
            Return(block);
            destination = destination[count..];
            offset += count;
        }
    }

    public void Dispose() => _requests.Dispose();

    private static int LengthOf(RemoteObject source, long index) => (int)Math.Min(BlockBytes, source.Length - (index * BlockBytes));

    /// <summary>Returns a block that has arrived up to an offset; it stays until <see cref="Return"/>.</summary>
    private RangeBlock Take(RemoteObject source, long index, int needed)
    {
        lock (_gate)
        {
            while (true)
            {
                _stop.ThrowIfCancellationRequested();
                if (source.Fault is { } fault)
                {
                    throw fault is IngestException known ? new IngestException(known.Message, known.Remedy, known) { MayPass = known.MayPass } : new InvalidOperationException(fault.Message, fault);
                }

                Request(source, index, index + 1);
                if (_blocks.TryGetValue(new BlockId(source, index), out RangeBlock? block))
                {
                    block.Users++;
                    while (block.Filled < needed && block.IsArriving && !_stop.IsCancellationRequested)
                    {
                        Monitor.Wait(_gate, WaitMs);
                    }

                    if (block.Filled >= needed)
                    {
                        block.IsRead = true;
                        _byUse.Remove(block.Place!);
                        _byUse.AddLast(block.Place!);
                        return block;
                    }

                    block.Users--;
                }
                else
                {
                    Monitor.Wait(_gate, WaitMs);
                }
            }
        }
    }

    private void Return(RangeBlock block)
    {
        lock (_gate)
        {
            block.Users--;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Asks for the blocks of a half-open range that are not there, as far as there is room for them.</summary>
    private void Request(RemoteObject source, long first, long end)
    {
        end = Math.Min(end, (source.Length + BlockBytes - 1) / BlockBytes);
        for (long index = first; index < end && source.Fault is null;)
        {
            List<RangeBlock> blocks = [];
            while (index < end && blocks.Count < RequestBlocks && !_blocks.ContainsKey(new BlockId(source, index)) && Allocate(source, index) is { } block)
            {
                blocks.Add(block);
                index++;
            }

            if (blocks.Count > 0)
            {
                RangeFetch fetch = new(source, blocks, _gate);
                _ = Task.Run(() => FetchAsync(fetch));
            }
            else if (!_blocks.ContainsKey(new BlockId(source, index++)))
            {
                return;
            }
        }
    }

    private async Task FetchAsync(RangeFetch fetch)
    {
        Exception? fault = null;
        try
        {
            await _requests.WaitAsync(_stop).ConfigureAwait(false);
            try
            {
                await fetch.Source.ReadAsync(fetch.Start, fetch.End, fetch).ConfigureAwait(false);
            }
            finally
            {
                _requests.Release();
            }
        }
        catch (Exception e)
        {
            fault = e;
        }

        lock (_gate)
        {
            fetch.Source.Fault ??= fault;
            foreach (RangeBlock block in fetch.Blocks)
            {
                block.IsArriving = false;
                if (fault is not null && block.Filled < block.Length && block.Users == 0)
                {
                    Remove(block);
                }
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Returns a new block, or null if every other one is in use.</summary>
    private RangeBlock? Allocate(RemoteObject source, long index)
    {
        if (_free.Count == 0 && _allocated == _capacity && (Unused(isRead: true) ?? Unused(isRead: false)) is { } oldest)
        {
            Remove(oldest);
        }

        if (!_free.TryPop(out byte[]? bytes))
        {
            if (_allocated == _capacity)
            {
                return null;
            }

            _allocated++;
            bytes = GC.AllocateUninitializedArray<byte>(BlockBytes);
        }

        RangeBlock block = new(new BlockId(source, index), bytes, LengthOf(source, index)) { IsArriving = true };
        block.Place = _byUse.AddLast(block);
        _blocks.Add(block.Id, block);
        return block;
    }

    private RangeBlock? Unused(bool isRead)
    {
        foreach (RangeBlock block in _byUse)
        {
            if (block is { IsArriving: false, Users: 0 } && block.IsRead == isRead)
            {
                return block;
            }
        }

        return null;
    }

    private void Remove(RangeBlock block)
    {
        if (_blocks.Remove(block.Id))
        {
            _byUse.Remove(block.Place!);
            _free.Push(block.Bytes);
        }
    }
}
