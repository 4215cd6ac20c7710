using System.Numerics;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Copies events from one segment to others when a partition is split. It decodes and rewrites each payload, because a
/// text in a payload may be a back reference into its segment. The field order is that of <see cref="EventWriter"/>.
/// </summary>
internal static class EventCopy
{
    /// <summary>The maximum size in bytes of the event's payload in another segment.</summary>
    public static long MaxPayload(Category category, bool hasTimes, PayloadReader payload) => Copy(category, hasTimes, payload, null);

    /// <summary>Writes the payload into a segment whose event has been started, and ends that event.</summary>
    public static void Append(Category category, bool hasTimes, PayloadReader payload, Segment target)
    {
        Copy(category, hasTimes, payload, target);
        target.End();
    }

    /// <summary>Returns the maximum size of the payload in bytes; writes the payload if a target is given.</summary>
    private static long Copy(Category category, bool hasTimes, PayloadReader payload, Segment? target)
    {
        long bound = 0;
        if (hasTimes)
        {
            CopyText(ref payload, target, out bound);
        }

        if (category == Category.HeartRate)
        {
            SampleTotals totals = SampleEvent.Read(ref payload);
            if (target is not null)
            {
                SampleEvent.Write(target, totals);
            }

            return bound + SampleEvent.MaxBytes;
        }

        if (category == Category.Samples)
        {
            // The metric, the source and, with the times, the end. A value, an interval and totals have different numbers, all of them present.
            for (int i = 0; i < (hasTimes ? 3 : 2); i++)
            {
                CopyText(ref payload, target, out long bytes);
                bound += bytes;
            }

            return bound + CopyNumbers(ref payload, target, BitOperations.PopCount(payload.NumbersPresent));
        }

        RecordSchema schema = RecordSchema.Of(category);
        int numbers = schema.NumberCount;
        for (int i = 0; i < schema.TextCount; i++)
        {
            CopyText(ref payload, target, out long bytes);
            bound += bytes;
        }

        if (category == Category.Measurements)
        {
            ReadOnlySpan<byte> names = CopyText(ref payload, target, out long bytes);
            bound += bytes;
            numbers = NameList.Count(names);
        }

        return bound + CopyNumbers(ref payload, target, numbers);
    }

    private static ReadOnlySpan<byte> CopyText(ref PayloadReader payload, Segment? target, out long bound)
    {
        ReadOnlySpan<byte> text = payload.ReadText();
        target?.WriteText(text);
        bound = Segment.MaxTextBytes(text.Length);
        return text;
    }

    private static long CopyNumbers(ref PayloadReader payload, Segment? target, int count)
    {
        Span<long> numbers = stackalloc long[Segment.GroupSize];
        for (int remaining = count; remaining > 0; remaining -= Segment.GroupSize)
        {
            Span<long> group = numbers[..Math.Min(remaining, Segment.GroupSize)];
            uint present = payload.ReadNumbers(group);
            target?.WriteNumbers(group, present);
        }

        return Segment.MaxNumbersBytes(count);
    }
}
