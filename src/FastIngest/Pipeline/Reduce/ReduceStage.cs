using FastIngest.Health;
using FastIngest.Shuffle;

namespace FastIngest.Pipeline.Reduce;

/// <summary>
/// Reduce: workers take partition after partition, group it by (user, day) and render its rows; one thread hands the
/// batches, in key order, to the sinks.
/// <code>
/// worker 1 ─ partition 0 ─────── partition 2 ─►
/// worker 2 ─── partition 1 ──────── partition 3 ─►    at most `capacity` batches are on the way
/// writer   ────── 0 0 0 1 1 1 1 2 2 ─►
/// </code>
/// </summary>
internal sealed class ReduceStage(
    IngestOptions options, MemoryPlan memory, IReadOnlyList<Category> fileCategories, KeyBorders borders,
    PartitionStore store, SinkWriter writer)
{
    private readonly long[] _aggregated = new long[Categories.Count];
    private int _nextPartition = -1;

    /// <summary>Records that ended in rows and profiles, by category.</summary>
    public IReadOnlyList<long> Aggregated => _aggregated;

    public void Run(CancellationToken cancellationToken)
    {
        RowQueue queue = new(store.Count, memory.Batches);
        int role = 0;
        Workers.Run(options.Workers + 1, "reduce", Work, cancellationToken);

        void Work(CancellationToken token)
        {
            using CancellationTokenRegistration stopping = token.Register(queue.Stop);
            if (Interlocked.Increment(ref role) == 1)
            {
                writer.WriteAll(queue, token);
            }
            else
            {
                ReducePartitions(queue, token);
            }
        }
    }

    private void ReducePartitions(RowQueue queue, CancellationToken token)
    {
        PartitionReducer reducer = new(borders, fileCategories, memory.BatchTextBytes);
        PartitionData data = new();
        while (true)
        {
            int partition = Interlocked.Increment(ref _nextPartition);
            if (partition >= store.Count)
            {
                break;
            }

            store.Take(partition, data);
            reducer.Reduce(partition, data.Bytes, data.Segments, new Receiver(queue, partition), token);
            queue.Complete(partition);
        }

        for (int category = 0; category < Categories.Count; category++)
        {
            Interlocked.Add(ref _aggregated[category], reducer.Aggregated[category]);
        }
    }

    private sealed class Receiver(RowQueue queue, int partition) : IRowReceiver
    {
        public SummaryBatch Rent() => queue.Rent(partition);

        public void Deliver(SummaryBatch batch) => queue.Add(partition, batch);
    }
}
