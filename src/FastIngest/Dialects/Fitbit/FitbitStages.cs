using System.Runtime.InteropServices;
using System.Text.Json;
using FastIngest.Dialects.Contract;
using FastIngest.Dialects.Times;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fitbit;

/// <summary>An interval of a sleep stage.</summary>
internal readonly record struct StageInterval(Metric Metric, WallTime Start, WallTime End);

/// <summary>
/// Reads the levels of a sleep log: <c>data</c> covers the night without gaps, and <c>shortData</c> lists short times awake that it leaves
/// out, so that these are cut out of it.
/// </summary>
/// <remarks>
/// The times are local. In a night in which clocks are set back, the segments after that seem to overlap those before. They are moved
/// behind them, so that each minute of the night counts.
/// </remarks>
internal sealed class FitbitStages
{
    /// <summary>Segments that overlap by as much as clocks are set back are moved; smaller and larger overlaps are errors of the data.</summary>
    private const long MinSetBack = 30 * 60 * WallTime.MicrosPerSecond, MaxSetBack = 3600 * WallTime.MicrosPerSecond;

    /// <summary>A longer segment is no part of a night, and cuts nothing out of one.</summary>
    private const long MaxLength = 2 * WallTime.MicrosPerDay;

    private readonly List<Segment> _data = [], _short = [], _long = [];
    private readonly List<StageInterval> _intervals = [];

    /// <summary>The intervals in the order of their starts.</summary>
    public ReadOnlySpan<StageInterval> Intervals => CollectionsMarshal.AsSpan(_intervals);

    /// <summary>The number of segments whose level is unknown.</summary>
    public int UnknownCount { get; private set; }

    /// <summary>The number of segments of a known level whose time cannot be read.</summary>
    public int WithoutTimeCount { get; private set; }

    /// <summary>The number of segments of a known level and time whose length is no number or negative.</summary>
    public int WithoutLengthCount { get; private set; }

    /// <summary>Reads the value of <c>levels</c>.</summary>
    /// <param name="levels">The bytes from its opening brace on; empty for none.</param>
    /// <param name="clock">Reads the times.</param>
    public void Read(ReadOnlySpan<byte> levels, ZoneClock clock)
    {
        _data.Clear();
        _short.Clear();
        _long.Clear();
        _intervals.Clear();
        UnknownCount = WithoutTimeCount = WithoutLengthCount = 0;
        if (levels.IsEmpty || levels[0] != '{')
        {
            return;
        }

        Utf8JsonReader json = new(levels);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            List<Segment>? target = json.ValueTextEquals("data"u8) ? _data : json.ValueTextEquals("shortData"u8) ? _short : null;
            json.Read();
            if (target is not null && json.TokenType == JsonTokenType.StartArray)
            {
                ReadSegments(ref json, target, clock);
            }
            else
            {
                json.Skip();
            }
        }

        Order();
        Cut();
        foreach (Segment segment in _long)
        {
            Add(segment.Metric, segment.Start, segment.End);
        }
    }

    private void ReadSegments(ref Utf8JsonReader json, List<Segment> target, ZoneClock clock)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                UnknownCount++;
                json.Skip();
                continue;
            }

            WallTime? start = null;
            Metric? metric = null;
            long length = -1;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("dateTime"u8))
                {
                    json.Read();
                    start = json.TokenType == JsonTokenType.String && !json.ValueIsEscaped && FitbitTime.TryRead(json.ValueSpan, Unzoned.Local, clock, out WallTime time) ? time : null;
                }
                else if (json.ValueTextEquals("level"u8))
                {
                    json.Read();
                    metric = json.TokenType == JsonTokenType.String ? MetricOf(ref json) : null;
                }
                else if (json.ValueTextEquals("seconds"u8))
                {
                    json.Read();
                    bool isNumber = json.TokenType == JsonTokenType.Number || (json.TokenType == JsonTokenType.String && !json.ValueIsEscaped);

                    // Micros of a second are microseconds. The limit keeps all sums within their range.
                    length = isNumber && Quantity.TryParse(json.ValueSpan, UnitFactor.One, out long value) ? Math.Min(value, RecordReceiver.MostMicros) : -1;
                }
                else
                {
                    json.Read();
                }

                json.Skip();
            }

            if (metric is null)
            {
                UnknownCount++;
            }
            else if (start is not { HasTime: true } from)
            {
                WithoutTimeCount++;
            }
            else if (length < 0)
            {
                WithoutLengthCount++;
            }
            else
            {
                (length > MaxLength ? _long : target).Add(new Segment(metric, from.TotalMicros, from.TotalMicros, length));
            }
        }
    }

    /// <summary>The classic kind of log knows only asleep, restless and awake. Fitbit does not count restless minutes as sleep.</summary>
    private static Metric? MetricOf(ref Utf8JsonReader json) =>
        json.ValueTextEquals("light"u8) ? Metrics.SleepLight
        : json.ValueTextEquals("deep"u8) ? Metrics.SleepDeep
        : json.ValueTextEquals("rem"u8) ? Metrics.SleepRem
        : json.ValueTextEquals("asleep"u8) ? Metrics.Sleep
        : json.ValueTextEquals("wake"u8) || json.ValueTextEquals("awake"u8) || json.ValueTextEquals("restless"u8) ? Metrics.SleepAwake
        : null;

    /// <summary>Moves the segments after clocks are set back, and the short ones with the segment that they lie in.</summary>
    private void Order()
    {
        long shift = 0, end = long.MinValue;
        foreach (ref Segment segment in CollectionsMarshal.AsSpan(_data))
        {
            long overlap = end - (segment.Written + shift);
            shift += overlap is >= MinSetBack and <= MaxSetBack ? overlap : 0;
            segment.Start = segment.Written + shift;
            end = Math.Max(end, segment.End);
        }

        int at = 0;
        foreach (ref Segment segment in CollectionsMarshal.AsSpan(_short))
        {
            while (at < _data.Count - 1 && _data[at].Written + _data[at].Length <= segment.Written)
            {
                at++;
            }

            segment.Start = segment.Written + (_data.Count > 0 ? _data[at].Start - _data[at].Written : 0);
        }

        _data.Sort();
        _short.Sort();
        long busy = long.MinValue;
        foreach (ref Segment segment in CollectionsMarshal.AsSpan(_short))
        {
            segment.StartAfter(ref busy);
        }
    }

    /// <summary>Cuts the short segments out of the others. Neither overlap each other, so that the time is proportional to their number.</summary>
    private void Cut()
    {
        int next = 0;
        long busy = long.MinValue;
        foreach (ref Segment segment in CollectionsMarshal.AsSpan(_data))
        {
            segment.StartAfter(ref busy);
            long from = segment.Start;
            while (next < _short.Count && _short[next].End <= from)
            {
                next++;
            }

            for (int i = next; i < _short.Count && _short[i].Start < segment.End; i++)
            {
                Add(segment.Metric, from, Math.Min(_short[i].Start, segment.End));
                from = Math.Max(from, _short[i].End);
            }

            Add(segment.Metric, from, segment.End);
        }

        foreach (Segment segment in _short)
        {
            Add(segment.Metric, segment.Start, segment.End);
        }
    }

    private void Add(Metric metric, long start, long end)
    {
        if (end > start)
        {
            _intervals.Add(new StageInterval(metric, At(start), At(end)));
        }
    }

    private static WallTime At(long micros) => new((int)(micros / WallTime.MicrosPerDay), micros % WallTime.MicrosPerDay);

    /// <summary>A segment in microseconds since 0001-01-01.</summary>
    /// <param name="metric">The metric of its level.</param>
    /// <param name="written">Its start as written.</param>
    /// <param name="start">Its start on a clock that is never set back.</param>
    /// <param name="length">Its length.</param>
    private struct Segment(Metric metric, long written, long start, long length) : IComparable<Segment>
    {
        public readonly Metric Metric => metric;

        public readonly long Written => written;

        public long Start { get; set; } = start;

        public long Length { get; private set; } = length;

        public readonly long End => Start + Length;

        /// <summary>Leaves out what earlier segments cover.</summary>
        /// <param name="busy">The end of the earlier segments; becomes that of this one, too.</param>
        public void StartAfter(ref long busy)
        {
            long end = Math.Max(End, busy);
            Start = Math.Max(Start, busy);
            Length = end - Start;
            busy = end;
        }

        public readonly int CompareTo(Segment other) => Start != other.Start ? Start.CompareTo(other.Start) : End.CompareTo(other.End);
    }
}
