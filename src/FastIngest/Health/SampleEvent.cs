using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// The payload of a heart-rate event: the value of one sample, or the totals of a run of samples. The presence bits
/// distinguish the two forms.
/// </summary>
internal static class SampleEvent
{
    private const uint OneValue = 0b0001, Totals = 0b1111;

    /// <summary>The maximum size of the payload in bytes.</summary>
    public static long MaxBytes => Segment.MaxNumbersBytes(4);

    public static void Write(Segment segment, in SampleTotals totals)
    {
        // The smallest and the largest value of one sample with a spread differ from its average.
        if (totals.Count == 1 && totals.Min == totals.Sum && totals.Max == totals.Sum)
        {
            segment.WriteNumbers([totals.Sum], OneValue);
        }
        else
        {
            segment.WriteNumbers([totals.Count * 1_000_000, totals.Sum, totals.Min, totals.Max], Totals);
        }
    }

    public static SampleTotals Read(ref PayloadReader payload)
    {
        Span<long> numbers = stackalloc long[4];
        if (payload.NumbersPresent == OneValue)
        {
            payload.ReadNumbers(numbers[..1]);
            return new SampleTotals(1, numbers[0], numbers[0], numbers[0]);
        }

        payload.ReadNumbers(numbers);
        return new SampleTotals(numbers[0] / 1_000_000, numbers[1], numbers[2], numbers[3]);
    }
}
