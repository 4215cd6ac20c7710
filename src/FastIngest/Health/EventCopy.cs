using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Appends events that lie in one segment to others, as a partition is split. Their bytes can not just be copied: texts
/// may stand further before in the segment. The order of what is written is that of <see cref="EventWriter"/>.
/// </summary>
internal static class EventCopy
{
    /// <summary>The most bytes that an event's payload takes in another segment.</summary>
    public static long MaxPayload(Category category, PayloadReader payload) => Copy(category, payload, null);

    /// <summary>Writes an event's payload to a segment where an event was begun, and ends it.</summary>
    public static void Append(Category category, PayloadReader payload, Segment target)
    {
        Copy(category, payload, target);
        target.End();
    }

    /// <summary>Writes the payload, where there is a target, and returns the most bytes that it takes.</summary>
    private static long Copy(Category category, PayloadReader payload, Segment? target)
    {
        if (category == Category.HeartRate)
        {
            SampleTotals totals = SampleEvent.Read(ref payload);
            if (target is not null)
            {
                SampleEvent.Write(target, totals);
            }

            return SampleEvent.MaxBytes;
        }

        RecordSchema schema = RecordSchema.Of(category);
        long bound = 0;
        int numbers = schema.NumberCount;
        for (int i = 0; i < schema.TextCount; i++)
        {
            CopyText(ref payload, target, out long bytes);
            bound += bytes;
        }

        if (category == Category.Measurements)
        {
            ReadOnlySpan<byte> names = CopyText(ref payload, target, out bound);
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
        for (int left = count; left > 0; left -= Segment.GroupSize)
        {
            Span<long> group = numbers[..Math.Min(left, Segment.GroupSize)];
            uint present = payload.ReadNumbers(group);
            target?.WriteNumbers(group, present);
        }

        return Segment.MaxNumbersBytes(count);
    }
}
