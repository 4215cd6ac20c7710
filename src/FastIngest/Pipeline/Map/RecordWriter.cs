using System.Collections.Concurrent;
using FastIngest.Health;
using FastIngest.Pipeline.Runs;
using FastIngest.Sinks.Records;

namespace FastIngest.Pipeline.Map;

/// <summary>
/// Hands the records of verified chunks to the sinks that take them, one after another, on a thread of its own. A chunk's
/// result goes back only then: since results are few, a slow sink slows the map, and nothing grows.
/// </summary>
internal sealed class RecordWriter(IReadOnlyList<SummaryLane> lanes, Action<ChunkResult> giveBack) : IDisposable
{
    private readonly BlockingCollection<ChunkResult> _queue = [];
    private readonly long[] _rows = new long[Categories.Count];

    /// <summary>Rows handed on, by category.</summary>
    public IReadOnlyList<long> Rows => _rows;

    public void Add(ChunkResult result) => _queue.Add(result);

    /// <summary>No more will be added.</summary>
    public void Complete() => _queue.CompleteAdding();

    /// <summary>Works until all is handed on. The run ends early when no sink is left.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        foreach (ChunkResult result in _queue.GetConsumingEnumerable(cancellationToken))
        {
            foreach (RecordBatch batch in result.Batches)
            {
                foreach (SummaryLane lane in lanes.Where(l => l.RecordFormat == batch.Format))
                {
                    lane.WriteRecords(batch, cancellationToken);
                }
            }

            lanes.ThrowIfNoneIsLeft();
            _rows[(int)result.Batches[0].Category] += result.BatchRows;
            giveBack(result);
        }
    }

    public void Dispose() => _queue.Dispose();
}
