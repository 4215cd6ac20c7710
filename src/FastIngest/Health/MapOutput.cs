using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// What the map makes of one chunk: a segment for every partition that its records fall in. Reused from chunk to chunk.
/// </summary>
public sealed class MapOutput(KeyBorders borders)
{
    private readonly Segment?[] _segments = new Segment?[borders.PartitionCount];
    private readonly List<int> _touched = [];
    private readonly Stack<Segment> _free = [];
    private int _hint;

    /// <summary>The partitions that have events, in the order in which they were first met.</summary>
    public IReadOnlyList<int> Touched => _touched;

    public Segment this[int partition] => _segments[partition]!;

    public void Clear()
    {
        foreach (int partition in _touched)
        {
            Segment segment = _segments[partition]!;
            segment.Clear();
            _free.Push(segment);
            _segments[partition] = null;
        }

        _touched.Clear();
    }

    /// <summary>The segment of the partition that a key falls in.</summary>
    public Segment For(ReadOnlySpan<byte> user, int day)
    {
        _hint = borders.Find(user, day, _hint);
        return Touch(_hint);
    }

    /// <summary>The partitions that a user's rows may fall in, the first holding the user's own record.</summary>
    public (int First, int Last) RangeOf(ReadOnlySpan<byte> user) =>
        (borders.Find(user, int.MinValue, _hint), borders.Find(user, int.MaxValue, _hint));

    public Segment Touch(int partition)
    {
        Segment? segment = _segments[partition];
        if (segment is null)
        {
            segment = _segments[partition] = _free.Count > 0 ? _free.Pop() : new Segment();
            _touched.Add(partition);
        }

        return segment;
    }
}
