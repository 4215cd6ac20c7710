using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>Consecutive events with the same key in a partition's bytes; <c>Start</c> and <c>Length</c> are in bytes.</summary>
internal readonly record struct Run(int User, int Day, int Start, int Length)
{
    /// <summary>User and day packed into one number that sorts like the key. The smallest day is -1.</summary>
    public ulong Key => KeyOf(User, Day);

    public static ulong KeyOf(int user, int day) => ((ulong)(uint)user << 32) | (uint)(day + 1);

    public static int UserOf(ulong key) => (int)(key >> 32);

    public static int DayOf(ulong key) => (int)(uint)key - 1;
}

/// <summary>The events of one category on one day, in input order.</summary>
internal ref struct DayEvents
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly ReadOnlySpan<Run> _runs;
    private readonly ReadOnlySpan<bool> _isRepeated;
    private readonly bool _hasTimes;
    private int _nextRun, _nextEvent;
    private SegmentReader _reader;

    /// <param name="data">The bytes of the partition.</param>
    /// <param name="runs">The runs of the day.</param>
    /// <param name="hasTimes">Whether each event begins with the time of its record.</param>
    /// <param name="isRepeated">One element per event, true for an event to pass over; empty to pass over none.</param>
    public DayEvents(ReadOnlySpan<byte> data, ReadOnlySpan<Run> runs, bool hasTimes, ReadOnlySpan<bool> isRepeated)
    {
        _data = data;
        _runs = runs;
        _hasTimes = hasTimes;
        _isRepeated = isRepeated;
    }

    /// <summary>Whether each event begins with the time of its record.</summary>
    public readonly bool HaveTimes => _hasTimes;

    /// <summary>The number of events read so far, without those passed over.</summary>
    public int Count { get; private set; }

    /// <summary>Moves to the next event and returns a reader for its payload; false after the last event.</summary>
    public bool Next(out PayloadReader payload)
    {
        do
        {
            while (!_reader.Next())
            {
                if (_nextRun == _runs.Length)
                {
                    payload = default;
                    return false;
                }

                Run run = _runs[_nextRun++];
                _reader = new SegmentReader(_data, run.Start, run.Length);
            }
        }
        while (_hasTimes && IsPassedOver());

        Count++;
        payload = new PayloadReader(_data, _reader.PayloadStart);
        if (_hasTimes)
        {
            // The time is needed only to find repeats.
            payload.ReadText();
        }

        return true;
    }

    private bool IsPassedOver() => !_isRepeated.IsEmpty && _isRepeated[_nextEvent++];
}
