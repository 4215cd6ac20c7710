namespace FastIngest.Shuffle;

/// <summary>The segments of one partition that are in memory, one behind the other over blocks. Not thread-safe.</summary>
internal sealed class PartitionBuffer
{
    private readonly List<int> _blocks = [];
    private readonly List<SegmentRef> _segments = [];

    public long Length { get; private set; }

    public IReadOnlyList<SegmentRef> Segments => _segments;

    public void Append(BlockPool pool, int fileIndex, int chunkIndex, ReadOnlySpan<byte> segment)
    {
        _segments.Add(new SegmentRef(fileIndex, chunkIndex, (int)Length, segment.Length));
        while (!segment.IsEmpty)
        {
            int offset = (int)(Length % BlockPool.BlockBytes);
            if (offset == 0)
            {
                _blocks.Add(pool.Rent());
            }

            Span<byte> rest = pool[_blocks[^1]][offset..];
            int count = Math.Min(rest.Length, segment.Length);
            segment[..count].CopyTo(rest);
            segment = segment[count..];
            Length += count;
        }
    }

    /// <summary>Copies all bytes out; <paramref name="target"/> is at least as long as <see cref="Length"/>.</summary>
    public void CopyTo(BlockPool pool, Span<byte> target)
    {
        long left = Length;
        foreach (int block in _blocks)
        {
            int count = (int)Math.Min(left, BlockPool.BlockBytes);
            pool[block][..count].CopyTo(target);
            target = target[count..];
            left -= count;
        }
    }

    /// <summary>Forgets all and gives the blocks back.</summary>
    public void Clear(BlockPool pool)
    {
        foreach (int block in _blocks)
        {
            pool.Return(block);
        }

        _blocks.Clear();
        _segments.Clear();
        Length = 0;
    }
}
