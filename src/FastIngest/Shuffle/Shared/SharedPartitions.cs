namespace FastIngest.Shuffle.Shared;

/// <summary>Reads consecutive partitions from the files of all map tasks. The index of a partition counts from the first of them.</summary>
/// <param name="spills">The files, in the order of the tasks; disposed with this object.</param>
/// <param name="count">The number of partitions.</param>
internal sealed class SharedPartitions(IReadOnlyList<TaskSpillReader> spills, int count) : IShuffledPartitions, IDisposable
{
    private readonly bool[] _isVerified = new bool[count];

    public int Count => count;

    public long BytesOf(int partition) => LengthOf(partition) + ((long)SegmentCountOf(partition) * PartitionData.SegmentBytes);

    public void Load(int partition, PartitionData data)
    {
        Span<byte> bytes = data.Reserve(LengthOf(partition));
        int filled = 0;
        foreach (TaskSpillReader spill in spills)
        {
            foreach (TaskSpill.Entry piece in spill.PiecesOf(partition))
            {
                spill.Read(partition, piece, bytes.Slice(filled, (int)piece.ByteCount));
                filled += (int)piece.ByteCount;
            }
        }

        data.Index(filled, SegmentCountOf(partition));
    }

    public void Visit(int partition, ref byte[] buffer, SegmentVisitor visitor)
    {
        if (!_isVerified[partition])
        {
            foreach (TaskSpillReader spill in spills)
            {
                foreach (TaskSpill.Entry piece in spill.PiecesOf(partition))
                {
                    spill.Verify(partition, piece);
                }
            }

            _isVerified[partition] = true;
        }

        SegmentVisit.Run(LengthOf(partition), (position, target) => Read(partition, position, target), ref buffer, visitor);
    }

    public void Dispose()
    {
        foreach (TaskSpillReader spill in spills)
        {
            spill.Dispose();
        }
    }

    private long LengthOf(int partition)
    {
        long bytes = 0;
        foreach (TaskSpillReader spill in spills)
        {
            foreach (TaskSpill.Entry piece in spill.PiecesOf(partition))
            {
                bytes += piece.ByteCount;
            }
        }

        return bytes;
    }

    private int SegmentCountOf(int partition)
    {
        int segments = 0;
        foreach (TaskSpillReader spill in spills)
        {
            foreach (TaskSpill.Entry piece in spill.PiecesOf(partition))
            {
                segments += piece.SegmentCount;
            }
        }

        return segments;
    }

    private void Read(int partition, long position, Span<byte> target)
    {
        foreach (TaskSpillReader spill in spills)
        {
            foreach (TaskSpill.Entry piece in spill.PiecesOf(partition))
            {
                if (position < piece.ByteCount && !target.IsEmpty)
                {
                    int bytes = (int)Math.Min(piece.ByteCount - position, target.Length);
                    spill.Read(piece, position, target[..bytes]);
                    target = target[bytes..];
                    position += bytes;
                }

                position -= piece.ByteCount;
            }
        }
    }
}
