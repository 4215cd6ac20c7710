namespace FastIngest.Shuffle;

/// <summary>Receives a segment. The bytes are valid during the call only.</summary>
public delegate void SegmentVisitor(SegmentId id, ReadOnlySpan<byte> bytes);

/// <summary>
/// Stores the segments of every partition until they are reduced. Segments stay in memory until the pool's budget is
/// exhausted; then all of them are written to a spill file, partition by partition, and memory fills once more. A sealed
/// store that has spilled keeps no segments in memory. Appending is thread-safe and accepts any order; after sealing, each
/// partition may be read by one thread.
/// </summary>
public sealed class PartitionStore : IShuffleStore, IShuffledPartitions, IDisposable
{
    private readonly Lock _gate = new();
    private readonly BlockPool _pool;
    private readonly string _spillDirectory;
    private readonly PartitionBuffer[] _buffers;
    private List<SpillPiece>[] _pieces = [];
    private SpillFile? _spill;

    /// <param name="partitions">The number of partitions.</param>
    /// <param name="pool">The memory. The store needs exclusive use of it.</param>
    /// <param name="spillDirectory">The folder of the spill file.</param>
    public PartitionStore(int partitions, BlockPool pool, string spillDirectory)
    {
        _pool = pool;
        _spillDirectory = spillDirectory;
        _buffers = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionBuffer())];
    }

    public int Count => _buffers.Length;

    /// <summary>The number of bytes written to the spill file.</summary>
    public long SpilledBytes => _spill?.Length ?? 0;

    /// <exception cref="IngestException">The spill file cannot be written.</exception>
    public void Append(int partition, SegmentId id, ReadOnlySpan<byte> segment)
    {
        lock (_gate)
        {
            _buffers[partition].Append(_pool, id, segment);
            if (_pool.IsExhausted)
            {
                Spill();
            }
        }
    }

    /// <summary>Ends the appending phase; partitions can be read afterwards.</summary>
    /// <param name="keepInMemory">Whether the segments stay in memory if nothing was spilled so far.</param>
    /// <exception cref="IngestException">The spill file cannot be written.</exception>
    public void Seal(bool keepInMemory = true)
    {
        lock (_gate)
        {
            if (_spill is not null || !keepInMemory)
            {
                Spill();
                _pieces = _spill!.ReadPieces(_buffers.Length);
            }
        }
    }

    /// <summary>The memory in bytes that a partition needs when it is loaded.</summary>
    public long BytesOf(int partition) => LengthOf(partition) + ((long)SegmentCountOf(partition) * PartitionData.SegmentBytes);

    /// <summary>Reads a whole partition into <paramref name="data"/>.</summary>
    public void Load(int partition, PartitionData data)
    {
        Span<byte> bytes = data.Reserve(LengthOf(partition));
        Read(partition, 0, bytes);
        data.Index(bytes.Length, SegmentCountOf(partition));
    }

    /// <summary>Passes the segments of a partition to a visitor, in the order in which they were appended. Needs memory for one segment.</summary>
    /// <param name="partition">The index of the partition.</param>
    /// <param name="buffer">A buffer that the caller passes to each call; it grows to the size of the longest segment.</param>
    /// <param name="visitor">Receives the segments.</param>
    public void Visit(int partition, ref byte[] buffer, SegmentVisitor visitor) =>
        SegmentVisit.Run(LengthOf(partition), (position, target) => Read(partition, position, target), ref buffer, visitor);

    public void Dispose()
    {
        foreach (PartitionBuffer buffer in _buffers)
        {
            buffer.Clear(_pool);
        }

        _spill?.Dispose();
    }

    private long LengthOf(int partition) => _spill is null ? _buffers[partition].Length : _pieces[partition].Sum(p => p.ByteCount);

    private int SegmentCountOf(int partition) => _spill is null ? _buffers[partition].SegmentCount : _pieces[partition].Sum(p => p.SegmentCount);

    private void Read(int partition, long position, Span<byte> target)
    {
        if (_spill is null)
        {
            _buffers[partition].CopyTo(_pool, position, target);
            return;
        }

        foreach (SpillPiece piece in _pieces[partition])
        {
            if (position < piece.ByteCount && !target.IsEmpty)
            {
                int count = (int)Math.Min(piece.ByteCount - position, target.Length);
                _spill.Read(piece, position, target[..count]);
                target = target[count..];
                position += count;
            }

            position -= piece.ByteCount;
        }
    }

    private void Spill()
    {
        _spill ??= new SpillFile(_spillDirectory);
        _spill.Write(_buffers, _pool);
        foreach (PartitionBuffer buffer in _buffers)
        {
            buffer.Clear(_pool);
        }
    }
}
