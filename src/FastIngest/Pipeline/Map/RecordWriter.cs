using System.Collections.Concurrent;
using FastIngest.Health;
using FastIngest.Pipeline.Runs;
using FastIngest.Sinks.Records;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Passes the records of verified chunks to the sinks that store records, in order and on its own thread. The result of a
/// chunk is returned only afterwards: because results are bounded, a slow sink slows down the map and memory stays bounded.
/// </summary>
internal sealed class RecordWriter(IReadOnlyList<SummaryLane> lanes, Action<ChunkResult> giveBack) : IDisposable
{
    private readonly BlockingCollection<ChunkResult> _queue = [];
    private readonly long[] _rows = new long[Categories.Count];

    /// <summary>The number of records passed to the sinks, by category.</summary>
    public IReadOnlyList<long> Rows => _rows;

    public void Add(ChunkResult result) => _queue.Add(result);

    /// <summary>Marks the queue as complete: no result is added afterwards.</summary>
    public void Complete() => _queue.CompleteAdding();

    /// <summary>Runs until all records are written. The run ends early when every sink has failed.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        foreach (ChunkResult result in _queue.GetConsumingEnumerable(cancellationToken))
        {
            foreach (RecordBatch[] batches in result.Batches)
            {
                foreach (RecordBatch batch in batches)
                {
                    foreach (SummaryLane lane in lanes.Where(l => l.RecordFormat == batch.Format))
                    {
                        lane.WriteRecords(batch, cancellationToken);
                    }
                }

                lanes.ThrowIfNoneIsLeft();
                _rows[(int)batches[0].Category] += batches[0].Rows;
            }

            giveBack(result);
        }
    }

    public void Dispose() => _queue.Dispose();
}
