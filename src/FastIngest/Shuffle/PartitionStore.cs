namespace FastIngest.Shuffle;

/// <summary>A segment's place in the input, which is its place in the order, and in the partition's bytes.</summary>
public readonly record struct SegmentRef(int FileIndex, int ChunkIndex, int Start, int Length);

/// <summary>
/// Keeps the segments of every partition until they are reduced. Thread-safe. Segments arrive in any order and are
/// handed out in that of the input.
/// </summary>
public sealed class PartitionStore
{
    private readonly Partition[] _partitions;

    public PartitionStore(int partitions)
    {
        _partitions = new Partition[partitions];
        for (int p = 0; p < partitions; p++)
        {
            _partitions[p] = new Partition();
        }
    }

    public int Count => _partitions.Length;

    public void Append(int partition, int fileIndex, int chunkIndex, ReadOnlySpan<byte> segment)
    {
        Partition target = _partitions[partition];
        lock (target)
        {
            target.Append(fileIndex, chunkIndex, segment);
        }
    }

    /// <summary>
    /// The bytes of a partition and its segments in (file, chunk) order. They leave the store.
    /// </summary>
    public (byte[] Bytes, SegmentRef[] Segments) Take(int partition)
    {
        Partition source = _partitions[partition];
        _partitions[partition] = new Partition();
        return source.Take();
    }

    private sealed class Partition
    {
        private readonly List<SegmentRef> _segments = [];
        private byte[] _bytes = [];
        private int _length;

        public void Append(int fileIndex, int chunkIndex, ReadOnlySpan<byte> segment)
        {
            long needed = (long)_length + segment.Length;
            if (needed > Array.MaxLength)
            {
                throw new IngestException(
                    "Too much data falls into one range of users and days.", "Run again with fewer files at a time.");
            }

            if (needed > _bytes.Length)
            {
                Array.Resize(ref _bytes, (int)Math.Min(Math.Max(needed, _bytes.Length * 2L), Array.MaxLength));
            }

            segment.CopyTo(_bytes.AsSpan(_length));
            _segments.Add(new SegmentRef(fileIndex, chunkIndex, _length, segment.Length));
            _length += segment.Length;
        }

        public (byte[] Bytes, SegmentRef[] Segments) Take()
        {
            SegmentRef[] segments = [.. _segments];
            Array.Sort(segments, static (a, b) =>
                a.FileIndex != b.FileIndex ? a.FileIndex.CompareTo(b.FileIndex) : a.ChunkIndex.CompareTo(b.ChunkIndex));
            return (_bytes, segments);
        }
    }
}
