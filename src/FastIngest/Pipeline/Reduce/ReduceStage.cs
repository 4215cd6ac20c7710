using FastIngest.Health;
using FastIngest.Shuffle;

namespace FastIngest.Pipeline.Reduce;

/// <summary>
/// The reduce stage: workers take one partition after another, group its events by (user, day) and render the rows. One
/// thread passes the batches to the sinks in key order.
/// <code>
/// worker 1 ─ partition 0 ─────── partition 2 ─►
/// worker 2 ─── partition 1 ──────── partition 3 ─►    at most `capacity` batches exist at a time
/// writer   ────── 0 0 0 1 1 1 1 2 2 ─►
/// </code>
/// A partition that is too large for the memory of its worker is split by key, and its parts are reduced one by one in its
/// place. The events of a single user and day cannot be split; they are held in memory as a whole, as their row is.
/// </summary>
internal sealed class ReduceStage(
    IngestOptions options, MemoryPlan memory, RepeatRule repeats, PartitionBoundaries boundaries, IShuffledPartitions store, SinkWriter writer, int firstPartition = 0)
{
    private readonly long[] _aggregated = new long[Categories.Count], _repeated = new long[Categories.Count];
    private long _leftOut;
    private int _nextPartition = -1;

    /// <summary>The number of records in rows and profiles, by category.</summary>
    public IReadOnlyList<long> Aggregated => _aggregated;

    /// <summary>The number of records that repeat a record of another file, by category.</summary>
    public IReadOnlyList<long> Repeated => _repeated;

    /// <summary>The number of samples that do not count, because another source counts for their metric and day.</summary>
    public long LeftOut => _leftOut;

    public void Run(CancellationToken cancellationToken)
    {
        RowQueue queue = new(store.Count, memory.Batches, () => new SummaryBatch(memory.BatchRows, memory.BatchTextBytes));
        int role = 0;
        Workers.Run(memory.Workers + 1, "reduce", Work, cancellationToken);

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
        Reducer reducer = new(options, memory, repeats);
        while (true)
        {
            int partition = Interlocked.Increment(ref _nextPartition);
            if (partition >= store.Count)
            {
                break;
            }

            reducer.Reduce(store, partition, boundaries.RangeOf(firstPartition + partition, KeyRange.All), new Receiver(queue, partition), token);
            queue.Complete(partition);
        }

        Interlocked.Add(ref _leftOut, reducer.LeftOut);
        for (int category = 0; category < Categories.Count; category++)
        {
            Interlocked.Add(ref _aggregated[category], reducer.Aggregated[category]);
            Interlocked.Add(ref _repeated[category], reducer.Repeated[category]);
        }
    }

    /// <summary>The buffers and readers of one worker.</summary>
    private sealed class Reducer(IngestOptions options, MemoryPlan memory, RepeatRule repeats)
    {
        private readonly PartitionReducer _reducer = new(memory.MaxRuns, memory.BatchRows, memory.BatchTextBytes, repeats, options.EffectiveSources, options.HasSentences);
        private readonly PartitionData _data = new((int)memory.PartitionBytes);
        private readonly PartitionSplitter _splitter = new(memory, repeats, options.TempDirectory);

        public IReadOnlyList<long> Aggregated => _reducer.Aggregated;

        public IReadOnlyList<long> Repeated => _reducer.Repeated;

        public long LeftOut => _reducer.LeftOut;

        public void Reduce(IShuffledPartitions store, int partition, KeyRange range, IRowReceiver receiver, CancellationToken token)
        {
            token.ThrowIfCancellationRequested();
            bool fits = store.BytesOf(partition) <= memory.PartitionBytes;
            if (fits && TryReduce(store, partition, range, receiver, token))
            {
                return;
            }

            if (_splitter.ChooseBoundaries(store, partition, range, token) is not { } inner)
            {
                if (!TryReduce(store, partition, range, receiver, token))
                {
                    throw new InvalidOperationException("The runs of one key do not fit.");
                }

                return;
            }

            using PartitionStore parts = _splitter.Split(store, partition, inner, token);
            for (int part = 0; part < parts.Count; part++)
            {
                Reduce(parts, part, inner.RangeOf(part, range), receiver, token);
            }
        }

        private bool TryReduce(IShuffledPartitions store, int partition, KeyRange range, IRowReceiver receiver, CancellationToken token)
        {
            store.Load(partition, _data);
            if (!_reducer.TryRead(_data.Bytes, _data.Segments))
            {
                return false;
            }

            _reducer.Reduce(range, _data.Bytes, receiver, token);
            return true;
        }
    }

    private sealed class Receiver(RowQueue queue, int partition) : IRowReceiver
    {
        public SummaryBatch Rent() => queue.Rent(partition);

        public void Deliver(SummaryBatch batch) => queue.Add(partition, batch);
    }
}
