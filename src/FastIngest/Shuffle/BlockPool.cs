namespace FastIngest.Shuffle;

/// <summary>
/// Memory for segments in blocks of one size, cut from slabs that are allocated once and kept. Not thread-safe.
/// </summary>
internal sealed class BlockPool(long budgetBytes)
{
    public const int BlockBytes = 16 * 1024;

    private const int BlocksPerSlab = 64;

    private readonly List<byte[]> _slabs = [];
    private readonly Stack<int> _free = [];

    /// <summary>Blocks that are handed out.</summary>
    public int UsedBlocks { get; private set; }

    /// <summary>Whether the budget is used up; more blocks can still be had.</summary>
    public bool IsExhausted => (long)UsedBlocks * BlockBytes >= budgetBytes;

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

        UsedBlocks++;
        return _free.Pop();
    }

    public void Return(int block)
    {
        UsedBlocks--;
        _free.Push(block);
    }

    public Span<byte> this[int block] => _slabs[block / BlocksPerSlab].AsSpan(block % BlocksPerSlab * BlockBytes, BlockBytes);
}
