using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// What the map makes of one chunk: a segment for every partition that its records fall in. Reused from chunk to chunk.
/// </summary>
public sealed class MapOutput
{
    /// <summary>So many segments keep their memory from chunk to chunk, since they are of one size then; more share it.</summary>
    private const int Kept = 8;

    private readonly PartitionBoundaries _boundaries;
    private readonly PartitionFinder _finder;
    private readonly SegmentMemory _memory;
    private readonly int _kept;
    private readonly Segment?[] _segments;
    private readonly List<int> _touched = [];
    private readonly Stack<Segment> _free = [];

    // Where the last event went, and the days for which its user's events all go there.
    private Segment? _last;
    private DayRange _days;

    public MapOutput(PartitionBoundaries boundaries)
        : this(boundaries, new SegmentMemory(), Kept)
    {
    }

    /// <summary>One that gives all memory back to others whenever it is cleared.</summary>
    internal MapOutput(PartitionBoundaries boundaries, SegmentMemory memory)
        : this(boundaries, memory, kept: 0)
    {
    }

    private MapOutput(PartitionBoundaries boundaries, SegmentMemory memory, int kept)
    {
        _boundaries = boundaries;
        _finder = new PartitionFinder(boundaries);
        _memory = memory;
        _kept = kept;
        _segments = new Segment?[boundaries.PartitionCount];
    }

    /// <summary>The partitions that have events, in the order in which they were first met.</summary>
    public IReadOnlyList<int> Touched => _touched;

    public Segment this[int partition] => _segments[partition]!;

    public void Clear()
    {
        foreach (int partition in _touched)
        {
            Segment segment = _segments[partition]!;
            segment.Clear();
            if (_touched.Count > _kept)
            {
                segment.Trim();
            }

            _free.Push(segment);
            _segments[partition] = null;
        }

        _touched.Clear();
        _last = null;
    }

    /// <summary>Starts an event in the segment of the partition that its key falls in; see <see cref="Segment.Begin(ReadOnlySpan{byte}, int, long)"/>.</summary>
    public Segment Begin(ReadOnlySpan<byte> user, int day, long maxPayload)
    {
        Segment? segment = _last;
        if (segment is not null && _days.Holds(day) && segment.IsLastUser(user))
        {
            segment.Begin(day, maxPayload);
            return segment;
        }

        segment = _last = Touch(_finder.Find(user, day, out _days));
        segment.Begin(user, day, maxPayload);
        return segment;
    }

    /// <summary>The partitions that a user's rows may fall in, the first holding the user's own record.</summary>
    public (int First, int Last) RangeOf(ReadOnlySpan<byte> user) =>
        (_boundaries.Find(user, int.MinValue, out _), _boundaries.Find(user, int.MaxValue, out _));

    /// <summary>The segment of a partition.</summary>
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
