using System.Collections.Concurrent;
using FastIngest.Health;
using FastIngest.Pipeline.Runs;

namespace FastIngest.Pipeline.Reduce;

/// <summary>
/// Passes batches to every sink. With several sinks, each sink has its own thread, so that one sink may be ahead of another
/// by as many batches as exist; the slowest sink then slows down the reduce. The run ends early when every sink has failed.
/// </summary>
internal sealed class SinkWriter(IReadOnlyList<SummaryLane> lanes, IIngestProgress? progress)
{
    /// <summary>The number of rows passed to the sinks.</summary>
    public long Rows { get; private set; }

    public void WriteAll(RowQueue queue, CancellationToken cancellationToken)
    {
        if (lanes.Count < 2)
        {
            while (queue.Take() is { } batch)
            {
                Write(batch, cancellationToken);
                queue.Return(batch);
            }

            return;
        }

        BlockingCollection<SharedBatch>[] inboxes = [.. lanes.Select(_ => new BlockingCollection<SharedBatch>())];
        int next = -1;

        // The first thread distributes the batches; each of the other threads serves one lane.
        Workers.Run(1 + lanes.Count, "sink", Work, cancellationToken);

        void Work(CancellationToken token)
        {
            int role = Interlocked.Increment(ref next);
            if (role > 0)
            {
                Serve(lanes[role - 1], inboxes[role - 1], queue, token);
                return;
            }

            using CancellationTokenRegistration stopping = token.Register(queue.Stop);
            while (queue.Take() is { } batch)
            {
                lanes.ThrowIfNoneIsLeft();

                // Count the rows first: the lanes may return the batch, which clears it, as soon as all have it.
                Count(batch);
                SharedBatch shared = new(batch, lanes.Count);
                Array.ForEach(inboxes, i => i.Add(shared, token));
            }

            Array.ForEach(inboxes, i => i.CompleteAdding());
        }
    }

    /// <summary>Passes a batch to the sinks, one after another.</summary>
    public void Write(SummaryBatch batch, CancellationToken cancellationToken)
    {
        lanes.Write(batch, cancellationToken);
        Count(batch);
    }

    private static void Serve(SummaryLane lane, BlockingCollection<SharedBatch> inbox, RowQueue queue, CancellationToken token)
    {
        foreach (SharedBatch shared in inbox.GetConsumingEnumerable(token))
        {
            lane.Write(shared.Batch, token);
            if (shared.Release())
            {
                queue.Return(shared.Batch);
            }
        }
    }

    private void Count(SummaryBatch batch)
    {
        Rows += batch.RowCount;
        progress?.Written(batch.RowCount);
    }

    /// <summary>A batch that returns to the queue when the last lane has released it.</summary>
    private sealed class SharedBatch(SummaryBatch batch, int lanes)
    {
        private int _lanes = lanes;

        public SummaryBatch Batch => batch;

        public bool Release() => Interlocked.Decrement(ref _lanes) == 0;
    }
}
