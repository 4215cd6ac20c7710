using System.Runtime.InteropServices;

namespace FastIngest.Shuffle;

/// <summary>A partition as it is reduced: reused from one to the next.</summary>
/// <param name="capacityBytes">What a partition has at most, as a rule; a larger one is held as long as it is needed.</param>
public sealed class PartitionData(int capacityBytes)
{
    private byte[] _bytes = [];
    private SegmentRef[] _segments = [];
    private int _segmentCount;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The segments by kind and, within it, in input order.</summary>
    public ReadOnlySpan<SegmentRef> Segments => _segments.AsSpan(0, _segmentCount);

    /// <summary>What a segment costs besides its bytes.</summary>
    internal static int SegmentBytes => Marshal.SizeOf<SegmentRef>();

    /// <summary>Room for a partition's bytes.</summary>
    internal Span<byte> Reserve(long byteCount)
    {
        if (byteCount > Array.MaxLength)
        {
            throw new IngestException("One user has more than 2 GB of records on one day.", "Run again with fewer files at a time.");
        }

        if (_bytes.Length < byteCount || _bytes.Length > Math.Max(byteCount, capacityBytes))
        {
            _bytes = [];
            _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Max(byteCount, capacityBytes));
        }

        return _bytes.AsSpan(0, (int)byteCount);
    }

    /// <summary>Finds the segments among the bytes that were reserved and filled.</summary>
    internal void Index(int byteCount, int segmentCount)
    {
        if (_segments.Length < segmentCount)
        {
            _segments = new SegmentRef[segmentCount + (segmentCount / 4)];
        }

        _segmentCount = 0;
        bool inOrder = true;
        for (int position = 0; position < byteCount;)
        {
            SegmentHeader header = MemoryMarshal.Read<SegmentHeader>(_bytes.AsSpan(position));
            position += SegmentHeader.Bytes;
            inOrder &= _segmentCount == 0 || SegmentId.Compare(_segments[_segmentCount - 1].Id, header.Id) <= 0;
            _segments[_segmentCount++] = new SegmentRef(header.Id, position, header.Length);
            position += header.Length;
        }

        if (!inOrder)
        {
            _segments.AsSpan(0, _segmentCount).Sort(static (a, b) => SegmentId.Compare(a.Id, b.Id));
        }
    }
}
