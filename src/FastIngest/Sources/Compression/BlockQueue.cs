namespace FastIngest.Sources.Compression;

/// <summary>
/// The groups of blocks of a compressed file. Threads take them and decompress them at the same time; they are removed in their order.
/// <code>
/// removed ┆ first, not done ┆ done ┆ not done ┆ next ┆ not looked at
/// </code>
/// Not thread-safe: the owner holds a lock while it calls.
/// </summary>
internal sealed class BlockQueue(IPackedBytes packed, Compression compression)
{
    private const int GroupBytes = 256 * 1024;

    private readonly Queue<BlockGroup> _taken = [];
    private BlockGroup? _next = new(0);
    private PackedBlock? _pending = compression.BlockAt(packed, 0);
    private bool _isFilled;

    /// <summary>The first group that was taken and not removed; null without one.</summary>
    public BlockGroup? First => _taken.TryPeek(out BlockGroup? group) ? group : null;

    /// <summary>The length in bytes, as their blocks state it, of the groups that were taken and not removed.</summary>
    public long TakenBytes { get; private set; }

    /// <summary>Whether all groups that were ever taken have exactly the length that their blocks state.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>Returns the group that <see cref="Take"/> takes; null if no further block can be decompressed by itself.</summary>
    public BlockGroup? Next()
    {
        if (_next is null || _isFilled)
        {
            return _next;
        }

        while (_pending is { } block && _next.Takes(block, GroupBytes))
        {
            _next.Add(block);
            _pending = block.End < packed.Length ? compression.BlockAt(packed, block.End) : null;
        }

        _isFilled = true;
        return _next = _next.PackedLength > 0 ? _next : null;
    }

    /// <summary>Takes the next group.</summary>
    public BlockGroup Take()
    {
        BlockGroup group = Next()!;
        _taken.Enqueue(group);
        TakenBytes += group.Length;
        IsExact &= group.IsExact;
        _next = new BlockGroup(group.PackedOffset + group.PackedLength);
        _isFilled = false;
        return group;
    }

    /// <summary>Removes the first group.</summary>
    public void RemoveFirst() => TakenBytes -= _taken.Dequeue().Length;

    /// <summary>Removes all groups; there is no next one any more.</summary>
    public void Stop()
    {
        _taken.Clear();
        _next = null;
    }
}
