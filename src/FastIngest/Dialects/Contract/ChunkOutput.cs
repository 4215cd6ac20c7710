using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Sources;

namespace FastIngest.Dialects.Contract;

/// <summary>The records read from one chunk of a file. Reused for every chunk.</summary>
/// <param name="boundaries">The boundaries of the partitions.</param>
public sealed class ChunkOutput(PartitionBoundaries boundaries)
{
    // A chunk mostly has one category, so that the others need no memory of their own.
    private readonly SegmentMemory _othersMemory = new();
    private readonly CategoryOutput?[] _others = new CategoryOutput?[Categories.Count];

    /// <summary>The position at which reading started; null when no start could be guessed.</summary>
    public FramePosition? Start { get; set; }

    /// <summary>The position of the first record that belongs to the next chunk.</summary>
    public FramePosition End { get; set; }

    /// <summary>The events of the records of the file's category, by partition.</summary>
    public MapOutput Events { get; } = new(boundaries);

    /// <summary>The records that were rejected.</summary>
    internal RejectList Rejects { get; } = new();

    /// <summary>What is unusual about the fields of the records.</summary>
    public FieldFindings Fields { get; } = new();

    /// <summary>The number of records of the file's category, including rejects, records that are passed over and records outside the selection.</summary>
    public long Records { get; set; }

    /// <summary>The number of records outside the selection.</summary>
    public long Filtered { get; set; }

    /// <summary>The number of records that the dialect does not read, see <see cref="FieldFindings.PassedOver"/>.</summary>
    public long PassedOver { get; set; }

    /// <summary>The number of stamps whose day is that of UTC, because no time zone was chosen.</summary>
    public long UtcStamps { get; set; }

    /// <summary>The records of other categories than that of the file.</summary>
    internal IEnumerable<CategoryOutput> Others => _others.OfType<CategoryOutput>().Where(o => o.Records > 0 || !o.Fields.IsEmpty);

    /// <summary>The number of records of all categories.</summary>
    internal long AllRecords => Records + Others.Sum(o => o.Records);

    /// <summary>Returns the output for records of another category than that of the file.</summary>
    internal CategoryOutput Of(Category category) => _others[(int)category] ??= new CategoryOutput(category, new MapOutput(boundaries, _othersMemory));

    /// <summary>Returns the key of the first event of a category; false without events of a day.</summary>
    internal bool TryFindKey(out RowKey key)
    {
        foreach (MapOutput events in Others.Select(o => o.Events).Prepend(Events))
        {
            foreach (int partition in events.Touched)
            {
                ReadOnlySpan<byte> bytes = events[partition].Bytes;
                SegmentReader reader = new(bytes, 0, bytes.Length);
                if (reader.Next() && reader.Day != RecordView.ProfileDay)
                {
                    key = new RowKey(reader.User.ToArray(), reader.Day);
                    return true;
                }
            }
        }

        key = default;
        return false;
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        Start = null;
        Records = Filtered = PassedOver = UtcStamps = 0;
        Events.Clear();
        Rejects.Clear();
        Fields.Clear();
        foreach (CategoryOutput? other in _others)
        {
            other?.Clear();
        }
    }
}

/// <summary>The records of one category in a chunk of a file with records of several categories.</summary>
internal sealed class CategoryOutput(Category category, MapOutput events)
{
    public Category Category => category;

    public MapOutput Events => events;

    /// <summary>What is unusual about the fields of the records.</summary>
    public FieldFindings Fields { get; } = new();

    /// <summary>The number of records, including records outside the selection.</summary>
    public long Records { get; set; }

    /// <summary>The number of records outside the selection.</summary>
    public long Filtered { get; set; }

    public void Clear()
    {
        Records = Filtered = 0;
        events.Clear();
        Fields.Clear();
    }
}
