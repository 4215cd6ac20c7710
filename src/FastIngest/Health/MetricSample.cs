using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// The payload of an event of the category <see cref="Category.Samples"/>: the time as written if repeats are looked for, the metric,
/// the source, the end if repeats are looked for, and then one value, the totals of a run, or the start and end of an interval.
/// </summary>
internal readonly ref struct MetricSample
{
    private const uint Interval = 0b0011;

    public ReadOnlySpan<byte> Metric { get; private init; }

    public ReadOnlySpan<byte> Source { get; private init; }

    /// <summary>The end as written; empty when it is the start or when it is not kept.</summary>
    public ReadOnlySpan<byte> EndText { get; private init; }

    /// <summary>Whether it is an interval of sleep, which has no value.</summary>
    public bool IsInterval { get; private init; }

    /// <summary>Start and end of an interval in microseconds since 0001-01-01 on the local clock.</summary>
    public long Start { get; private init; }

    public long End { get; private init; }

    /// <summary>The value or the totals.</summary>
    public SampleTotals Totals { get; private init; }

    public static long MaxBytes(int metric, int source, int end) =>
        Segment.MaxTextBytes(metric) + Segment.MaxTextBytes(source) + Segment.MaxTextBytes(end) + SampleEvent.MaxBytes;

    public static void WriteInterval(Segment segment, long start, long end) => segment.WriteNumbers([start, end], Interval);

    /// <summary>Reads a payload after the time.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="hasTimes">Whether the end as written is kept.</param>
    public static MetricSample Read(scoped ref PayloadReader payload, bool hasTimes)
    {
        ReadOnlySpan<byte> metric = payload.ReadText();
        ReadOnlySpan<byte> source = payload.ReadText();
        ReadOnlySpan<byte> end = hasTimes ? payload.ReadText() : default;
        if (payload.NumbersPresent != Interval)
        {
            return new MetricSample { Metric = metric, Source = source, EndText = end, Totals = SampleEvent.Read(ref payload) };
        }

        Span<long> times = stackalloc long[2];
        payload.ReadNumbers(times);
        return new MetricSample { Metric = metric, Source = source, EndText = end, IsInterval = true, Start = times[0], End = times[1] };
    }
}
