using FastIngest.Dialects.Contract;
using FastIngest.Shuffle;
using FastIngest.Storage.Postgres.Records;

namespace FastIngest.Pipeline.Map;

/// <summary>What reading one chunk gave. Reused; a result has one owner at a time.</summary>
/// <param name="boundaries">Of the partitions.</param>
/// <param name="tuples">Takes the records as well, where a sink wants them.</param>
internal sealed class ChunkResult(PartitionBoundaries boundaries, RecordChunk? tuples = null)
{
    public int FileIndex { get; set; }

    public int ChunkIndex { get; set; }

    /// <summary>What was read.</summary>
    public ChunkOutput Output { get; } = new(boundaries);

    public RecordChunk? Tuples => tuples;

    public void Clear()
    {
        Output.Clear();
        tuples?.Clear();
    }
}
