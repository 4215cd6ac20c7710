using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>The records read from one chunk of a file. Reused for every chunk.</summary>
/// <param name="boundaries">The boundaries of the partitions.</param>
public sealed class ChunkOutput(PartitionBoundaries boundaries)
{
    /// <summary>The position at which reading started; null when no start could be guessed.</summary>
    public FramePosition? Start { get; set; }

    /// <summary>The position of the first record that belongs to the next chunk.</summary>
    public FramePosition End { get; set; }

    /// <summary>The events of the records, by partition.</summary>
    public MapOutput Events { get; } = new(boundaries);

    /// <summary>The records that were rejected.</summary>
    internal RejectList Rejects { get; } = new();

    /// <summary>What is unusual about the fields of the records.</summary>
    public FieldFindings Fields { get; } = new();

    /// <summary>The number of records read, including rejects and records outside the selection.</summary>
    public long Records { get; set; }

    /// <summary>The number of records outside the selection.</summary>
    public long Filtered { get; set; }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        Start = null;
        Records = Filtered = 0;
        Events.Clear();
        Rejects.Clear();
        Fields.Clear();
    }
}
