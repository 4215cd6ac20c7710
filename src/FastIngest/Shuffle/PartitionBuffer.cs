using System.Runtime.InteropServices;

namespace FastIngest.Shuffle;

/// <summary>
/// The in-memory segments of one partition, stored consecutively over blocks, each with its header before it. The bytes are
/// those of a piece in a spill file. Not thread-safe.
/// </summary>
internal sealed class PartitionBuffer
{
    private readonly List<int> _blocks = [];

    public long Length { get; private set; }

    public int SegmentCount { get; private set; }

    public void Append(BlockPool pool, SegmentId id, ReadOnlySpan<byte> segment)
    {
        SegmentHeader header = new(id, segment.Length);
        Append(pool, MemoryMarshal.AsBytes(new ReadOnlySpan<SegmentHeader>(ref header)));
        Append(pool, segment);
        SegmentCount++;
    }

    /// <summary>Copies bytes into <paramref name="target"/>, starting at <paramref name="position"/>; the buffer must hold that many bytes.</summary>
    public void CopyTo(BlockPool pool, long position, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            ReadOnlySpan<byte> block = pool[_blocks[(int)(position / BlockPool.BlockBytes)]].Span[(int)(position % BlockPool.BlockBytes)..];
            int count = Math.Min(block.Length, target.Length);
            block[..count].CopyTo(target);
            target = target[count..];
            position += count;
        }
    }

    /// <summary>Adds the used parts of the blocks to a list, in order.</summary>
    public void AddTo(List<ReadOnlyMemory<byte>> list, BlockPool pool)
    {
        long remaining = Length;
        foreach (int block in _blocks)
        {
            list.Add(pool[block][..(int)Math.Min(remaining, BlockPool.BlockBytes)]);
            remaining -= BlockPool.BlockBytes;
        }
    }

    /// <summary>Removes all segments and returns the blocks to the pool.</summary>
    public void Clear(BlockPool pool)
    {
        foreach (int block in _blocks)
        {
            pool.Return(block);
        }

        _blocks.Clear();
        SegmentCount = 0;
        Length = 0;
    }

    private void Append(BlockPool pool, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int offset = (int)(Length % BlockPool.BlockBytes);
            if (offset == 0)
            {
                _blocks.Add(pool.Rent());
            }

            Span<byte> rest = pool[_blocks[^1]].Span[offset..];
            int count = Math.Min(rest.Length, bytes.Length);
            bytes[..count].CopyTo(rest);
            bytes = bytes[count..];
            Length += count;
        }
    }
}
