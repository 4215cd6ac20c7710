namespace FastIngest.Shuffle;

/// <summary>
/// Memory for segments in blocks of one size, cut from slabs that are allocated once and kept. Blocks are small, since
/// every partition has one that is half full as a rule. Not thread-safe.
/// </summary>
public sealed class BlockPool(long budgetBytes)
{
    public const int BlockBytes = 4 * 1024;

    private const int BlocksPerSlab = 256;

    private readonly List<byte[]> _slabs = [];
    private readonly Stack<int> _free = [];
    private int _usedBlocks;

    /// <summary>Bytes of the blocks that are handed out.</summary>
    public long UsedBytes => (long)_usedBlocks * BlockBytes;

    /// <summary>Whether the budget is used up; more blocks can still be had.</summary>
    public bool IsExhausted => UsedBytes >= budgetBytes;

    public int Rent()
    {
        if (_free.Count == 0)
        {
            int first = _slabs.Count * BlocksPerSlab;
            _slabs.Add(GC.AllocateUninitializedArray<byte>(BlocksPerSlab * BlockBytes));
            for (int block = first + BlocksPerSlab - 1; block >= first; block--)
            {
                _free.Push(block);
            }
        }

        _usedBlocks++;
        return _free.Pop();
    }

    public void Return(int block)
    {
        _usedBlocks--;
        _free.Push(block);
    }

    /// <summary>Gives the slabs up, when no block is handed out.</summary>
    public void Clear()
    {
        if (_usedBlocks == 0)
        {
            _slabs.Clear();
            _free.Clear();
        }
    }

    public Memory<byte> this[int block] => _slabs[block / BlocksPerSlab].AsMemory(block % BlocksPerSlab * BlockBytes, BlockBytes);
}
