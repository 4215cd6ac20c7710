using FastIngest.Shuffle;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Shuffle;

public sealed class SegmentTests
{
    private static readonly int[] Lengths = [0, 0, 1, 2, 3, 4, 5, 20, 63, 64, 65, 127, 128, 300];

    private static readonly long[] Extremes =
    [
        0, 1, -1, 10, 999_999, 1_000_000, 1_000_001, -72_500_000, 9_000_000_000_000_000_000, -9_000_000_000_000_000_000,
        8_999_999_999_999_999_999, 1L << 59, (1L << 60) - 1, 1L << 60, (1L << 60) + 1, -(1L << 60), -(1L << 60) - 1, 9_200_000_000_000_000_001, -9_200_000_000_000_000_001,
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
    public void Every_length_of_text_and_every_extreme_number_is_kept()
    {
        foreach (int length in (int[])[0, 1, 62, 63, 64, 65, 66, 126, 127, 128, 129, 255, 256, 300, 16_383, 16_384, 100_000])
        {
            byte[] text = new byte[length].Select(_ => (byte)'t').ToArray();
            List<Event> events = [new("u"u8.ToArray(), 1, [text, text, null, text], [.. Extremes.Select(n => (long?)n), null]), new("u"u8.ToArray(), 1, [text, null, text, text], [null])];
            Segment segment = new();
            events.ForEach(e => Write(segment, e));
            Check(events, segment.Bytes, 7);
        }
    }

    [Fact]
    public void A_text_that_comes_again_takes_few_bytes_even_from_another_event()
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
        byte[]?[] texts = [.. Enumerable.Range(0, random.Next(5)).Select(_ => random.OneIn(5) ? null : RandomText(random))];
        long?[] numbers = [.. Enumerable.Range(0, random.Next(5)).Select(_ => random.OneIn(5) ? null : RandomNumber(random))];
        return new Event(user, day, texts, numbers);
    }

    private static byte[] RandomText(Random random)
    {
        byte letter = (byte)('a' + random.Next(4));
        byte[] text = new byte[random.OneIn(200) ? 100_000 : random.Any(Lengths)];
        text.AsSpan().Fill(letter);
        return text;
    }

    private static long? RandomNumber(Random random) => random.Next(3) switch
    {
        0 => random.Any(Extremes),
        1 => random.Next(100_000) * (long)Math.Pow(10, random.Next(7)),
        _ => random.NextInt64(-9_200_000_000_000_000_000, 9_200_000_000_000_000_000) >> random.Next(63),
    };

    private static void Write(Segment segment, Event e)
    {
        int bound = (e.Numbers.Length * Segment.MaxNumberBytes) + e.Texts.Sum(t => Segment.MaxTextBytes(t?.Length ?? 0)) + Segment.MaxNumberBytes;
        segment.Begin(e.User, e.Day, bound);
        segment.WriteCount(e.Texts.Length);
        foreach (byte[]? text in e.Texts)
        {
            if (text is null)
            {
                segment.WriteNoText();
            }
            else
            {
                segment.WriteText(text);
            }
        }

        foreach (long? number in e.Numbers)
        {
            if (number is { } n)
            {
                segment.WriteNumber(n);
            }
            else
            {
                segment.WriteNoNumber();
            }
        }

        segment.End();
    }

    /// <summary>Reads the segment from somewhere in a larger buffer, as it lies in a partition.</summary>
    private static void Check(List<Event> events, ReadOnlySpan<byte> bytes, int start)
    {
        byte[] data = [.. new byte[start], .. bytes, 1, 2, 3];
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
            Assert.Equal(e.Texts.Length, payload.ReadCount());
            foreach (byte[]? text in e.Texts)
            {
                Assert.Equal(text is not null, payload.ReadText(out ReadOnlySpan<byte> read));
                Assert.True(text is null || read.SequenceEqual(text));
            }

            foreach (long? number in e.Numbers)
            {
                Assert.Equal(number is not null, payload.ReadNumber(out long read));
                Assert.Equal(number ?? 0, read);
            }

            before = e;
        }

        Assert.False(reader.Next());
        Assert.Equal(start + bytes.Length, reader.Position);
    }

    private sealed record Event(byte[] User, int Day, byte[]?[] Texts, long?[] Numbers);
}
