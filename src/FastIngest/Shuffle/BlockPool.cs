namespace FastIngest.Shuffle;

/// <summary>
/// Provides memory for segments in blocks of one size, cut from slabs that are allocated once and reused. Blocks are small,
/// because the last block of every partition is half empty on average. Not thread-safe.
/// </summary>
public sealed class BlockPool(long budgetBytes)
{
    public const int BlockBytes = 4 * 1024;

    private const int BlocksPerSlab = 256;

    private readonly List<byte[]> _slabs = [];
    private readonly Stack<int> _free = [];
    private int _usedBlocks;

    /// <summary>The total size in bytes of the rented blocks.</summary>
    public long UsedBytes => (long)_usedBlocks * BlockBytes;

    /// <summary>Whether the rented blocks have reached the budget. <see cref="Rent"/> still provides further blocks.</summary>
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

    /// <summary>Releases the slabs if no block is rented.</summary>
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
