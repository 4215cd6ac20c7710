using FastIngest.Shuffle;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Shuffle;

public sealed class SegmentTests
{
    private static readonly int[] Lengths = [0, 0, 1, 2, 3, 4, 5, 20, 63, 64, 65, 127, 128, 300];

    private static readonly long[] Extremes =
    [
        0, 1, -1, 10, 999_999, 1_000_000, 1_000_001, -72_500_000, 9_000_000_000_000_000_000, -9_000_000_000_000_000_000,
        8_999_999_999_999_999_999, long.MaxValue, long.MinValue, 10_000, 100_000, 655_350_000, 655_360_000, 6_553_500_000, 6_553_600_000, uint.MaxValue, 1L << 32,
        42_949_672_950_000, 42_949_672_960_000, -10_000, 255, 256, 65_535, 65_537, 1L << 59, (1L << 60) - 1, 1L << 60, (1L << 60) + 1, -(1L << 60), -(1L << 60) - 1, 9_200_000_000_000_000_001, -9_200_000_000_000_000_001,
    ];

    [Fact]
    public void Random_events_are_read_back_as_they_were_written() => Fuzz.Run(1_000_000, 500, random =>
    {
        Segment segment = new();
        for (int lap = 0; lap < 2; lap++)
        {
            segment.Clear();
            List<Event> events = [.. Enumerable.Range(0, random.Next(60)).Select(_ => RandomEvent(random))];
            events.ForEach(e => Write(segment, e));
            Check(events, segment.Bytes, random.Next(100));
        }
    });

    [Fact]
    public void Texts_of_every_length_and_extreme_numbers_are_preserved()
    {
        foreach (int length in (int[])[0, 1, 62, 63, 64, 65, 66, 126, 127, 128, 129, 255, 256, 300, 4_095, 4_096, 4_097, 16_383, 16_384, 65_534, 65_535, 65_536, 100_000])
        {
            byte[] text = new byte[length].Select(_ => (byte)'t').ToArray();
            List<Event> events = [new("u"u8.ToArray(), 1, [text, text, [], text], [.. Extremes.Select(n => (long?)n), null]), new("u"u8.ToArray(), 1, [text, [], text, text], [null])];
            Segment segment = new();
            events.ForEach(e => Write(segment, e));
            Check(events, segment.Bytes, 7);
        }
    }

    [Fact]
    public void A_repeated_text_takes_few_bytes_even_in_another_event()
    {
        Segment segment = new();
        Event one = new("u"u8.ToArray(), 1, ["morning run"u8.ToArray()], []);
        Write(segment, one);
        int first = segment.Bytes.Length;
        Write(segment, one);
        Assert.InRange(segment.Bytes.Length - first, 1, 4);
    }

    [Fact]
    public void Empty_texts_in_a_row_stay_empty()
    {
        List<Event> events = [new("u"u8.ToArray(), 1, [[], [], [], "x"u8.ToArray(), [], [], "x"u8.ToArray()], [])];
        Segment segment = new();
        events.ForEach(e => Write(segment, e));
        Check(events, segment.Bytes, 0);
    }

    private static Event RandomEvent(Random random)
    {
        byte[] user = $"user_{random.Next(3)}{new string('u', random.OneIn(10) ? 300 : 0)}".Bytes();
        int day = random.OneIn(10) ? random.Any((int[])[-1, 0, 3_652_058, int.MaxValue]) : 738_000 + random.Next(3);
        byte[][] texts = [.. Enumerable.Range(0, random.Next(5)).Select(_ => RandomText(random))];
        long?[] numbers = random.OneIn(2) ? RandomNumbers(random) : [.. Enumerable.Range(0, random.Next(random.OneIn(4) ? 40 : 5)).Select(_ => random.OneIn(5) ? null : RandomNumber(random))];
        return new Event(user, day, texts, numbers);
    }

    private static byte[] RandomText(Random random)
    {
        byte letter = (byte)('a' + random.Next(4));
        byte[] text = new byte[random.OneIn(200) ? 100_000 : random.Any(Lengths)];
        text.AsSpan().Fill(letter);
        return text;
    }

    /// <summary>Numbers of one unit and magnitude, as in real events, so that every encoding form is covered.</summary>
    private static long?[] RandomNumbers(Random random)
    {
        int unit = random.Any((int[])[1, 10_000, 100_000, 1_000_000]);
        int bits = random.Next(1, 40);
        int count = random.Next(random.OneIn(4) ? 40 : 5);
        return [.. Enumerable.Range(0, count).Select(_ => random.OneIn(5) ? (long?)null : random.NextInt64(1L << bits) * unit)];
    }

    private static long? RandomNumber(Random random) => random.Next(3) switch
    {
        0 => random.Any(Extremes),
        1 => random.Next(100_000) * (long)Math.Pow(10, random.Next(7)),
        _ => random.NextInt64(-9_200_000_000_000_000_000, 9_200_000_000_000_000_000) >> random.Next(63),
    };

    private static void Write(Segment segment, Event e)
    {
        long bound = Segment.MaxNumbersBytes(e.Numbers.Length) + e.Texts.Sum(t => Segment.MaxTextBytes(t.Length));
        segment.Begin(e.User, e.Day, bound);
        foreach (byte[] text in e.Texts)
        {
            segment.WriteText(text);
        }

        foreach (long?[] group in e.Numbers.Chunk(Segment.GroupSize))
        {
            segment.WriteNumbers([.. group.Select(n => n ?? 0)], Present(group));
        }

        segment.End();
    }

    private static uint Present(long?[] numbers) => numbers.Select((n, i) => n is null ? 0 : 1u << i).Aggregate(0u, (a, b) => a | b);

    /// <summary>Reads the segment at an offset in a larger buffer, as in a partition.</summary>
    private static void Check(List<Event> events, ReadOnlySpan<byte> bytes, int start)
    {
        byte[] data = [.. new byte[start], .. bytes, .. new byte[start % 10]];
        SegmentReader reader = new(data, start, bytes.Length);
        Event? before = null;
        foreach (Event e in events)
        {
            Assert.True(reader.Next());
            Assert.True(reader.User.SequenceEqual(e.User));
            Assert.Equal(e.Day, reader.Day);
            bool newUser = before is null || !before.User.AsSpan().SequenceEqual(e.User);
            Assert.Equal(newUser, reader.IsNewUser);
            Assert.Equal(newUser || before!.Day != e.Day, reader.IsNewKey);
            PayloadReader payload = new(data, reader.PayloadStart);
            foreach (byte[] text in e.Texts)
            {
                Assert.True(payload.ReadText().SequenceEqual(text));
            }

            foreach (long?[] group in e.Numbers.Chunk(Segment.GroupSize))
            {
                long[] read = new long[group.Length];
                Assert.Equal(Present(group), payload.ReadNumbers(read));
                Assert.Equal(group.Select(n => n ?? 0), read);
            }

            before = e;
        }

        Assert.False(reader.Next());
        Assert.Equal(start + bytes.Length, reader.Position);
    }

    private sealed record Event(byte[] User, int Day, byte[][] Texts, long?[] Numbers);
}
