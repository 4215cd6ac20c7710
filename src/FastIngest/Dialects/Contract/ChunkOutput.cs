using FastIngest.Health;
using FastIngest.Pipeline.Map;
using FastIngest.Shuffle;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>What reading one chunk of a file gave. Reused from chunk to chunk.</summary>
/// <param name="boundaries">Of the partitions.</param>
public sealed class ChunkOutput(PartitionBoundaries boundaries)
{
    /// <summary>Where reading started; null when no start could be guessed.</summary>
    public FramePosition? Start { get; set; }

    /// <summary>The first record that was left to the next chunk.</summary>
    public FramePosition End { get; set; }

    /// <summary>The events of its records, by partition.</summary>
    public MapOutput Events { get; } = new(boundaries);

    /// <summary>The records that were rejected.</summary>
    internal RejectList Rejects { get; } = new();

    /// <summary>Records read, rejects included.</summary>
    public long Records { get; set; }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Start = null;
        Records = 0;
        Events.Clear();
        Rejects.Clear();
    }
}
