using System.Text;
using FastIngest.Health;
using FastIngest.Shuffle;
using FastIngest.Tests.Support;
using Run = FastIngest.Health.Run;

namespace FastIngest.Tests.Health;

/// <summary>Events that cannot be repeats by their times are passed over; the result is that of a look at all of them.</summary>
public sealed class RepeatFilterTests
{
    [Fact]
    public void Random_days_have_the_same_repeats_with_and_without_a_look_at_all_events()
    {
        RepeatFilter filter = new();
        int withRepeats = 0, withoutLook = 0;
        Fuzz.Run(11, 3000, random =>
        {
            Category category = random.OneIn(4) ? Category.HeartRate : Category.Samples;
            (byte[] data, Run[] runs, int[] files) = RandomDay(random, category);
            bool[] expected = [.. filter.Examine(category, data, runs, files, looksAtAll: true)];
            int expectedCount = filter.RepeatCount;
            bool[] found = [.. filter.Examine(category, data, runs, files, looksAtAll: false)];
            Assert.Equal(expectedCount, filter.RepeatCount);
            Assert.Equal(expected, found.Length == 0 ? new bool[expected.Length] : found);
            withRepeats += expectedCount > 0 ? 1 : 0;
            withoutLook += found.Length == 0 ? 1 : 0;
        });
        Assert.True(withRepeats > 300 && withoutLook > 300, $"{withRepeats} {withoutLook}");
    }

    [Fact]
    public void After_a_large_set_of_texts_small_sets_are_right()
    {
        ByteStringTable table = new();
        Fuzz.Run(12, 300, random =>
        {
            table.Clear();
            int count = random.OneIn(20) ? random.Next(5000) : random.Next(40);
            Dictionary<string, int> expected = [];
            for (int i = 0; i < count; i++)
            {
                string text = $"{random.Next(count)}";
                expected.TryAdd(text, expected.Count);
                Assert.Equal(expected[text], table.Add(Encoding.UTF8.GetBytes(text)));
            }

            Assert.Equal(expected.Count, table.Count);
        });
    }

    private static (byte[] Data, Run[] Runs, int[] Files) RandomDay(Random random, Category category)
    {
        const int Day = 700_000;
        int metrics = random.OneIn(10) ? 60 : random.Next(1, 4);
        int hours = random.Next(1, 6);
        List<byte> data = [];
        List<Run> runs = [];
        List<int> files = [];
        int file = 0;
        for (int r = random.Next(1, 6); r > 0; r--)
        {
            file += random.Next(3);
            int firstHour = random.OneIn(3) ? random.Next(hours) : file * hours;
            Segment segment = new();
            for (int e = random.Next(1, 20); e > 0; e--)
            {
                segment.Begin("u"u8, Day, 1000);
                segment.WriteText(RandomTime(random, firstHour + random.Next(hours)));
                if (category == Category.Samples)
                {
                    segment.WriteText(Encoding.UTF8.GetBytes($"metric{random.Next(metrics)}"));
                    segment.WriteText(random.OneIn(2) ? "watch"u8 : default);
                    segment.WriteText(random.OneIn(9) ? "later"u8 : default);
                }

                long value = random.Next(2) * 1_000_000;
                SampleEvent.Write(segment, new SampleTotals(1, value, value, value));
                segment.End();
            }

            runs.Add(new Run(0, Day, data.Count, segment.Bytes.Length));
            files.Add(file);
            data.AddRange(segment.Bytes);
        }

        return ([.. data], [.. runs], [.. files]);
    }

    /// <summary>A time, rarely with the id of a vendor in its place, a total, or a file of its own.</summary>
    private static byte[] RandomTime(Random random, int hour)
    {
        byte[] time = random.OneIn(30) ? [] : Encoding.UTF8.GetBytes($"2024-01-02T{hour:00}:00:00");
        time = random.OneIn(40) ? [RecordView.IdMark, RecordView.TotalMark, (byte)('a' + random.Next(2))] : time;
        time = random.OneIn(40) ? [RecordView.IdMark, (byte)('a' + random.Next(2))] : time;
        return random.OneIn(40) ? [RecordView.FileMark, (byte)random.Next(2), 0, 0, 0, .. time] : time;
    }
}
