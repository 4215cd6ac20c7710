using FastIngest.Dialects.Contract;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;

namespace FastIngest.Pipeline.Map;

/// <summary>The result of reading one chunk. Results are reused; each has one owner at a time.</summary>
/// <param name="boundaries">The boundaries of the partitions.</param>
/// <param name="batches">Receive the encoded records, one batch for each format that the sinks need.</param>
internal sealed class ChunkResult(PartitionBoundaries boundaries, params RecordBatch[] batches)
{
    public int FileIndex { get; set; }

    public int ChunkIndex { get; set; }

    /// <summary>The events and rejects of the chunk.</summary>
    public ChunkOutput Output { get; } = new(boundaries);

    /// <summary>The accepted records in the formats of the sinks; each batch holds the same records.</summary>
    public IReadOnlyList<RecordBatch> Batches => batches;

    /// <summary>The number of accepted records in each of <see cref="Batches"/>; 0 without batches.</summary>
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
