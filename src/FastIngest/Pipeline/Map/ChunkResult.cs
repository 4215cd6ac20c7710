using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Map;

/// <summary>What reading one chunk gave. Reused; a result has one owner at a time.</summary>
/// <param name="boundaries">Of the partitions.</param>
/// <param name="batches">Take the records as well: one batch for each format that sinks want them in.</param>
internal sealed class ChunkResult(PartitionBoundaries boundaries, params RecordBatch[] batches)
{
    public int FileIndex { get; set; }

    public int ChunkIndex { get; set; }

    /// <summary>Where reading started; null when no start could be guessed.</summary>
    public FramePosition? Start { get; set; }

    /// <summary>The first element that was left to the next chunk.</summary>
    public FramePosition End { get; set; }

    public MapOutput Events { get; } = new(boundaries);

    /// <summary>The accepted records as sinks take them; each batch holds the same records.</summary>
    public IReadOnlyList<RecordBatch> Batches => batches;

    /// <summary>Accepted records in each of <see cref="Batches"/>; 0 where there are none.</summary>
    public long BatchRows => batches.Length > 0 ? batches[0].Rows : 0;

    public RejectList Rejects { get; } = new();

    /// <summary>Elements read, rejects included.</summary>
    public long Records { get; set; }

    public void Clear()
    {
        Start = null;
        Records = 0;
        Events.Clear();
        Rejects.Clear();
        foreach (RecordBatch batch in batches)
        {
            batch.Clear();
        }
    }
}
