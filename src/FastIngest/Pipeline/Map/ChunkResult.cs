using FastIngest.Dialects.Contract;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;

namespace FastIngest.Pipeline.Map;

/// <summary>What reading one chunk gave. Reused; a result has one owner at a time.</summary>
/// <param name="boundaries">Of the partitions.</param>
/// <param name="batches">Take the records as well: one batch for each format that sinks want them in.</param>
internal sealed class ChunkResult(PartitionBoundaries boundaries, params RecordBatch[] batches)
{
    public int FileIndex { get; set; }

    public int ChunkIndex { get; set; }

    /// <summary>What was read.</summary>
    public ChunkOutput Output { get; } = new(boundaries);

    /// <summary>The accepted records as sinks take them; each batch holds the same records.</summary>
    public IReadOnlyList<RecordBatch> Batches => batches;

    /// <summary>Accepted records in each of <see cref="Batches"/>; 0 where there are none.</summary>
    public long BatchRows => batches.Length > 0 ? batches[0].Rows : 0;

    public void Clear()
    {
        Output.Clear();
        foreach (RecordBatch batch in batches)
        {
            batch.Clear();
        }
    }
}
