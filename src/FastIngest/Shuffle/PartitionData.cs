using System.Runtime.InteropServices;

namespace FastIngest.Shuffle;

/// <summary>A loaded partition, ready to be reduced; reused for every partition.</summary>
/// <param name="capacityBytes">The usual maximum size of a partition in bytes. A larger buffer is released as soon as a smaller one suffices.</param>
public sealed class PartitionData(int capacityBytes)
{
    private byte[] _bytes = [];
    private SegmentRef[] _segments = [];
    private int _segmentCount;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The segments ordered by kind and then by input order.</summary>
    public ReadOnlySpan<SegmentRef> Segments => _segments.AsSpan(0, _segmentCount);

    /// <summary>The memory in bytes that a segment needs in addition to its bytes.</summary>
    internal static int SegmentBytes => Marshal.SizeOf<SegmentRef>();

    /// <summary>Returns a buffer for the bytes of a partition.</summary>
    internal Span<byte> Reserve(long byteCount)
    {
        if (byteCount > Array.MaxLength)
        {
            throw new IngestException("One user has more than 2 GiB of records on one day.", "Run the command once per group of files instead of with all files at once.");
        }

        if (_bytes.Length < byteCount || _bytes.Length > Math.Max(byteCount, capacityBytes))
        {
            _bytes = [];
            _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Max(byteCount, capacityBytes));
        }

        return _bytes.AsSpan(0, (int)byteCount);
    }

    /// <summary>Finds the segments in the buffer that <see cref="Reserve"/> returned, after the caller has filled it.</summary>
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
