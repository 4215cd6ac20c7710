namespace FastIngest.Shuffle;

/// <summary>Receives the segments of the map, in any order and from several threads, and keeps them by partition.</summary>
public interface IShuffleStore
{
    /// <summary>Stores a copy of a segment.</summary>
    /// <exception cref="IngestException">The disk is full or broken.</exception>
    void Append(int partition, SegmentId id, ReadOnlySpan<byte> segment);
}

/// <summary>The stored segments, by partition. Each partition may be read by one thread.</summary>
public interface IShuffledPartitions
{
    /// <summary>The number of partitions.</summary>
    int Count { get; }

    /// <summary>The memory in bytes that a partition needs when it is loaded.</summary>
    long BytesOf(int partition);

    /// <summary>Reads a whole partition into <paramref name="data"/>.</summary>
    /// <exception cref="IngestException">The stored bytes cannot be read, or they are damaged.</exception>
    void Load(int partition, PartitionData data);

    /// <summary>Passes the segments of a partition to a visitor, in any order that is the same at each visit. Needs memory for one segment.</summary>
    /// <param name="partition">The index of the partition.</param>
    /// <param name="buffer">A buffer that the caller passes to each call; it grows to the size of the longest segment.</param>
    /// <param name="visitor">Receives the segments.</param>
    /// <exception cref="IngestException">The stored bytes cannot be read, or they are damaged.</exception>
    void Visit(int partition, ref byte[] buffer, SegmentVisitor visitor);
}
