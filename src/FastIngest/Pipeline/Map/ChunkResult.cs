using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sources;
using FastIngest.Storage.Postgres.Records;

namespace FastIngest.Pipeline.Map;

/// <summary>What reading one chunk gave. Reused; a result has one owner at a time.</summary>
/// <param name="boundaries">Of the partitions.</param>
/// <param name="tuples">Takes the records as well, where a sink wants them.</param>
internal sealed class ChunkResult(PartitionBoundaries boundaries, RecordChunk? tuples = null)
{
    public int FileIndex { get; set; }

    public int ChunkIndex { get; set; }

    /// <summary>Where reading started; null when no start could be guessed.</summary>
    public FramePosition? Start { get; set; }

    /// <summary>The first element that was left to the next chunk.</summary>
    public FramePosition End { get; set; }

    public MapOutput Events { get; } = new(boundaries);

    public RecordChunk? Tuples => tuples;

    public RejectList Rejects { get; } = new();

    /// <summary>Elements read, rejects included.</summary>
    public long Records { get; set; }

    public void Clear()
    {
        Start = null;
        Records = 0;
        Events.Clear();
        Rejects.Clear();
        tuples?.Clear();
    }
}
