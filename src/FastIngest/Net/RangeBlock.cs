namespace FastIngest.Net;

/// <param name="Source">The object.</param>
/// <param name="Index">The index of the block in it.</param>
internal readonly record struct BlockId(RemoteObject Source, long Index);

/// <summary>A block of an object. Its cache guards all but the bytes.</summary>
/// <param name="id">Which block it is.</param>
/// <param name="bytes">Where its bytes go.</param>
/// <param name="length">Its length, which is smaller at the end of the object.</param>
internal sealed class RangeBlock(BlockId id, byte[] bytes, int length)
{
    public BlockId Id => id;

    public byte[] Bytes => bytes;

    public int Length => length;

    /// <summary>The number of bytes that have arrived.</summary>
    public int Filled { get; set; }

    /// <summary>Whether a request for it is under way.</summary>
    public bool IsArriving { get; set; }

    /// <summary>Whether it was read.</summary>
    public bool IsRead { get; set; }

    /// <summary>The number of readers that wait for it or copy from it.</summary>
    public int Users { get; set; }

    /// <summary>Its place in the order of use.</summary>
    public LinkedListNode<RangeBlock>? Place { get; set; }
}

/// <summary>A request for consecutive blocks, which fills one after the other.</summary>
/// <param name="source">The object.</param>
/// <param name="blocks">The blocks; at least one.</param>
/// <param name="gate">The lock of the cache, whose waiting readers it wakes.</param>
internal sealed class RangeFetch(RemoteObject source, List<RangeBlock> blocks, object gate) : IRangeReceiver
{
    private int _current;

    public RemoteObject Source => source;

    public List<RangeBlock> Blocks => blocks;

    public long Start => blocks[0].Id.Index * RangeCache.BlockBytes;

    public long End => (blocks[^1].Id.Index * RangeCache.BlockBytes) + blocks[^1].Length;

    public Memory<byte> Rest => blocks[_current].Bytes.AsMemory(blocks[_current].Filled..blocks[_current].Length);

    public void Advance(int count)
    {
        lock (gate)
        {
            RangeBlock block = blocks[_current];
            block.Filled += count;
            if (block.Filled == block.Length)
            {
                // From now on, the block may go before the request is complete.
                block.IsArriving = false;
                _current++;
            }

            Monitor.PulseAll(gate);
        }
    }
}
