namespace FastIngest.Shuffle.Shared;

/// <summary>Keeps the segments of a map task until the pool's budget is exhausted, and writes them to the file of the task, partition by partition.</summary>
internal sealed class TaskShuffleStore(int partitions, BlockPool pool, TaskSpillWriter writer) : IShuffleStore
{
    private readonly Lock _gate = new();
    private readonly PartitionBuffer[] _buffers = [.. Enumerable.Range(0, partitions).Select(_ => new PartitionBuffer())];

    public void Append(int partition, SegmentId id, ReadOnlySpan<byte> segment)
    {
        lock (_gate)
        {
            _buffers[partition].Append(pool, id, segment);
            if (pool.IsExhausted)
            {
                Write();
            }
        }
    }

    /// <summary>Writes the rest, and the index; waits until the disk has everything.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public void Complete()
    {
        lock (_gate)
        {
            Write();
            writer.Complete();
        }
    }

    private void Write()
    {
        writer.Write(_buffers, pool);
        foreach (PartitionBuffer buffer in _buffers)
        {
            buffer.Clear(pool);
        }
    }
}
