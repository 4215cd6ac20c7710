using System.Runtime.InteropServices;

namespace FastIngest.Shuffle;

/// <summary>A segment's place in the input, which is its place in the order, and in the partition's bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SegmentRef(int FileIndex, int ChunkIndex, int Start, int Length);

/// <summary>A partition as it is reduced: reused from one to the next.</summary>
public sealed class PartitionData
{
    private byte[] _bytes = [];
    private SegmentRef[] _segments = [];
    private int _segmentCount;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The segments in (file, chunk) order.</summary>
    public ReadOnlySpan<SegmentRef> Segments => _segments.AsSpan(0, _segmentCount);

    internal (byte[] Bytes, SegmentRef[] Segments) Reserve(long byteCount, int segmentCount)
    {
        if (byteCount > Array.MaxLength)
        {
            throw new IngestException(
                "Too much data falls into one range of users and days.", "Run again with fewer files at a time.");
        }

        if (_bytes.Length < byteCount)
        {
            _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(byteCount + (byteCount / 4), Array.MaxLength));
        }

        if (_segments.Length < segmentCount)
        {
            _segments = new SegmentRef[segmentCount + (segmentCount / 4)];
        }

        _segmentCount = segmentCount;
        return (_bytes, _segments);
    }
}

/// <summary>
/// Keeps the segments of every partition until they are reduced: in memory up to a budget; when that is used up, all
/// that is in memory goes to a spill file, partition by partition, and memory fills anew. Thread-safe. Segments arrive
/// in any order and are handed out in that of the input.
/// </summary>
public sealed class PartitionStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _spillDirectory;
    private readonly BlockPool _pool;
    private readonly long _segmentBudget;
    private readonly PartitionBuffer[] _buffers;
    private readonly List<SpillPiece>[] _pieces;
    private SpillFile? _spill;
    private long _segmentCount;

    /// <param name="partitions">How many there are.</param>
    /// <param name="memoryBytes">How much is kept in memory.</param>
    /// <param name="spillDirectory">Where the rest goes.</param>
    public PartitionStore(int partitions, long memoryBytes, string spillDirectory)
    {
        _spillDirectory = spillDirectory;
        _pool = new BlockPool(memoryBytes);
        _segmentBudget = memoryBytes / 4 / Marshal.SizeOf<SegmentRef>();
        _buffers = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionBuffer())];
        _pieces = [.. Enumerable.Range(0, partitions).Select(_ => new List<SpillPiece>())];
    }

    public int Count => _buffers.Length;

    /// <summary>Bytes that went to the spill file.</summary>
    public long SpilledBytes => _spill?.Length ?? 0;

    /// <exception cref="IngestException">The spill file can not be written.</exception>
    public void Append(int partition, int fileIndex, int chunkIndex, ReadOnlySpan<byte> segment)
    {
        lock (_gate)
        {
            _buffers[partition].Append(_pool, fileIndex, chunkIndex, segment);
            _segmentCount++;
            if (_pool.IsExhausted || _segmentCount > _segmentBudget)
            {
                SpillAll();
            }
        }
    }

    /// <summary>Ends the appending; partitions can be taken from then on.</summary>
    public void Seal()
    {
        lock (_gate)
        {
            _spill?.Flush();
        }
    }

    /// <summary>Reads a partition, which leaves the store.</summary>
    public void Take(int partition, PartitionData data)
    {
        PartitionBuffer buffer = _buffers[partition];
        List<SpillPiece> pieces = _pieces[partition];
        (byte[] bytes, SegmentRef[] segments) = data.Reserve(
            pieces.Sum(p => (long)p.ByteCount) + buffer.Length, pieces.Sum(p => p.SegmentCount) + buffer.Segments.Count);
        int byteCount = 0;
        int segmentCount = 0;
        foreach (SpillPiece piece in pieces)
        {
            Span<SegmentRef> target = segments.AsSpan(segmentCount, piece.SegmentCount);
            _spill!.Read(piece, bytes.AsSpan(byteCount, piece.ByteCount), target);
            foreach (ref SegmentRef segment in target)
            {
                segment = segment with { Start = segment.Start + byteCount };
            }

            byteCount += piece.ByteCount;
            segmentCount += piece.SegmentCount;
        }

        pieces.Clear();
        foreach (SegmentRef segment in buffer.Segments)
        {
            segments[segmentCount++] = segment with { Start = segment.Start + byteCount };
        }

        lock (_gate)
        {
            buffer.CopyTo(_pool, bytes.AsSpan(byteCount));
            buffer.Clear(_pool);
        }

        segments.AsSpan(0, segmentCount).Sort(static (a, b) =>
            a.FileIndex != b.FileIndex ? a.FileIndex.CompareTo(b.FileIndex) : a.ChunkIndex.CompareTo(b.ChunkIndex));
    }

    public void Dispose() => _spill?.Dispose();

    private void SpillAll()
    {
        _spill ??= new SpillFile(_spillDirectory);
        for (int partition = 0; partition < _buffers.Length; partition++)
        {
            PartitionBuffer buffer = _buffers[partition];
            if (buffer.Length > 0)
            {
                _pieces[partition].Add(_spill.Write(partition, buffer, _pool));
                buffer.Clear(_pool);
            }
        }

        _segmentCount = 0;
    }
}
