using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// The map output of one chunk: one segment for each partition that has records in the chunk. Reused for every chunk.
/// </summary>
public sealed class MapOutput
{
    /// <summary>
    /// Up to this many segments keep their buffers between chunks, since their sizes are then similar. With more segments,
    /// all buffers return to the shared memory.
    /// </summary>
    private const int MaxRetainedSegments = 8;

    private readonly PartitionBoundaries _boundaries;
    private readonly PartitionFinder _finder;
    private readonly SegmentMemory _memory;
    private readonly int _maxRetained;
    private readonly Segment?[] _segments;
    private readonly List<int> _touched = [];
    private readonly Stack<Segment> _free = [];

    // The segment of the last event, and the days whose events of the same user also go to that segment.
    private Segment? _last;
    private DayRange _days;

    public MapOutput(PartitionBoundaries boundaries)
        : this(boundaries, new SegmentMemory(), MaxRetainedSegments)
    {
    }

    /// <summary>Creates an output that returns all its buffers to <paramref name="memory"/> whenever it is cleared.</summary>
    internal MapOutput(PartitionBoundaries boundaries, SegmentMemory memory)
        : this(boundaries, memory, maxRetained: 0)
    {
    }

    private MapOutput(PartitionBoundaries boundaries, SegmentMemory memory, int maxRetained)
    {
        _boundaries = boundaries;
        _finder = new PartitionFinder(boundaries);
        _memory = memory;
        _maxRetained = maxRetained;
        _segments = new Segment?[boundaries.PartitionCount];
    }

    /// <summary>The partitions that have events, in the order of their first event.</summary>
    public IReadOnlyList<int> Touched => _touched;

    public Segment this[int partition] => _segments[partition]!;

    public void Clear()
    {
        foreach (int partition in _touched)
        {
            Segment segment = _segments[partition]!;
            segment.Clear();
            if (_touched.Count > _maxRetained)
            {
                segment.Trim();
            }

            _free.Push(segment);
            _segments[partition] = null;
        }

        _touched.Clear();
        _last = null;
    }

    /// <summary>Starts an event in the segment of its key's partition; see <see cref="Segment.Begin(ReadOnlySpan{byte}, int, long)"/>.</summary>
    public Segment Begin(ReadOnlySpan<byte> user, int day, long maxPayload)
    {
        Segment? segment = _last;
        if (segment is not null && _days.Contains(day) && segment.IsLastUser(user))
        {
            segment.Begin(day, maxPayload);
            return segment;
        }

        segment = _last = Touch(_finder.Find(user, day, out _days));
        segment.Begin(user, day, maxPayload);
        return segment;
    }

    /// <summary>
    /// The first and last partition (both included) that can hold rows of a user. The first one also holds the user's
    /// profile record.
    /// </summary>
    public (int First, int Last) RangeOf(ReadOnlySpan<byte> user) =>
        (_boundaries.Find(user, int.MinValue, out _), _boundaries.Find(user, int.MaxValue, out _));

    /// <summary>Returns the segment of a partition; creates it if the chunk has none yet.</summary>
    public Segment Touch(int partition)
    {
        Segment? segment = _segments[partition];
        if (segment is null)
        {
            segment = _segments[partition] = _free.Count > 0 ? _free.Pop() : new Segment(_memory);
            _touched.Add(partition);
        }

        return segment;
    }
}
