using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>A stretch of events of one key in a partition's bytes.</summary>
internal readonly record struct Run(int User, int Day, int Start, int Length)
{
    /// <summary>User and day as one number in the order of keys; days begin with -1.</summary>
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
    private int _nextRun;
    private SegmentReader _reader;

    public DayEvents(ReadOnlySpan<byte> data, ReadOnlySpan<Run> runs)
    {
        _data = data;
        _runs = runs;
    }

    /// <summary>How many events were read.</summary>
    public int Count { get; private set; }

    /// <summary>Moves to the next event; its payload is then read with what is returned.</summary>
    public bool Next(out PayloadReader payload)
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

        Count++;
        payload = new PayloadReader(_data, _reader.PayloadStart);
        return true;
    }
}
