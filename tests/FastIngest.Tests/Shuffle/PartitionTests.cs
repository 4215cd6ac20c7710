using FastIngest.Shuffle;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Shuffle;

/// <summary>The mapping of keys to partitions, and the segments read back from a partition.</summary>
public sealed class PartitionTests
{
    [Fact]
    public void Any_boundaries_divide_all_keys_into_ordered_ranges_and_return_their_days() => Fuzz.Run(1_100_000, 300, random =>
    {
        List<RowKey> keys = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => RandomKey(random))];
        List<RowKey> sample = [.. keys.Where(_ => random.OneIn(2))];
        int wanted = random.Next(1, 20);
        PartitionBoundaries boundaries = PartitionBoundaries.FromSample([.. sample], wanted);
        Assert.InRange(boundaries.PartitionCount, 1, wanted);
        keys.Sort(RowKey.Compare);
        int last = 0;
        foreach (RowKey key in keys)
        {
            int partition = boundaries.Find(key.User, key.Day, out DayRange days);
            Assert.True(days.Contains(key.Day));
            foreach (RowKey other in keys.Where(k => k.User.AsSpan().SequenceEqual(key.User)))
            {
                Assert.Equal(days.Contains(other.Day), boundaries.Find(other.User, other.Day, out DayRange otherDays) == partition);
                Assert.True(!days.Contains(other.Day) || days == otherDays);
            }

            Assert.InRange(partition, last, boundaries.PartitionCount - 1);
            last = partition;
        }
    });

    [Fact]
    public void Boundaries_divide_a_sample_into_equal_parts()
    {
        List<RowKey> sample = [.. Enumerable.Range(0, 1000).Select(i => new RowKey("u"u8.ToArray(), i))];
        PartitionBoundaries boundaries = PartitionBoundaries.FromSample([.. sample.OrderBy(k => k.Day * 7919 % 1000)], 8);
        Assert.Equal(8, boundaries.PartitionCount);
        Assert.All(sample.GroupBy(k => boundaries.Find(k.User, k.Day, out _)), part => Assert.Equal(125, part.Count()));
    }

    [Fact]
    public void Without_a_sample_there_is_one_partition()
    {
        PartitionBoundaries boundaries = PartitionBoundaries.FromSample([], 100);
        Assert.Equal(1, boundaries.PartitionCount);
        Assert.Equal(0, boundaries.Find("anyone"u8, int.MaxValue, out _));
    }

    [Fact]
    public void Keys_are_ordered_by_the_bytes_of_the_user_then_by_day()
    {
        RowKey[] keys = [new("a"u8.ToArray(), 9), new("a\0"u8.ToArray(), 1), new("aa"u8.ToArray(), 0), new("b"u8.ToArray(), -1), new("b"u8.ToArray(), 0), new("\uE000"u8.ToArray(), 0), new("\U00010000"u8.ToArray(), 0)];
        Assert.Equal(keys, keys.Reverse().Order(Comparer<RowKey>.Create(RowKey.Compare)));
    }

    [Fact]
    public void Segments_are_read_from_a_partition_in_input_order_with_their_bytes() => Fuzz.Run(1_200_000, 100, random =>
    {
        using PartitionStore store = new(3, new BlockPool(random.Any<long>([0, 20_000, 1 << 20])), Path.GetTempPath());
        PartitionData data = new(random.Any([100, 1 << 20]));
        List<(int Partition, int File, int Chunk, byte[] Bytes)> segments = [];
        for (int file = 0; file < 4; file++)
        {
            for (int chunk = 0; chunk < random.Next(12); chunk++)
            {
                byte[] bytes = new byte[random.Next(1, 3000)];
                random.NextBytes(bytes);
                segments.Add((random.Next(3), file, chunk, bytes));
            }
        }

        var shuffled = segments.ToArray();
        random.Shuffle(shuffled);
        Parallel.ForEach(shuffled, s => store.Append(s.Partition, new SegmentId(0, s.File, s.Chunk), s.Bytes));
        store.Seal();
        for (int p = 0; p < store.Count; p++)
        {
            store.Load(p, data);
            byte[] bytes = data.Bytes.ToArray();
            SegmentRef[] found = data.Segments.ToArray();
            Assert.Equal(segments.Where(s => s.Partition == p).Select(s => (s.File, s.Chunk)), found.Select(f => (f.Id.FileIndex, f.Id.ChunkIndex)));
            Assert.All(segments.Where(s => s.Partition == p).Zip(found), pair =>
                Assert.True(bytes.AsSpan(pair.Second.Start, pair.Second.Length).SequenceEqual(pair.First.Bytes)));
            List<(SegmentId Id, byte[] Bytes)> visited = [];
            byte[] buffer = [];
            store.Visit(p, ref buffer, (id, segment) => visited.Add((id, segment.ToArray())));
            Assert.Equal(found.Select(f => f.Id), visited.Select(v => v.Id).Order(Comparer<SegmentId>.Create(SegmentId.Compare)));
            Assert.All(visited, v => Assert.Contains(segments, s => (s.File, s.Chunk) == (v.Id.FileIndex, v.Id.ChunkIndex) && s.Bytes.AsSpan().SequenceEqual(v.Bytes)));
        }
    });

    [Fact]
    public void Byte_strings_are_numbered_in_the_order_of_their_first_insertion() => Fuzz.Run(1_300_000, 30, random =>
    {
        ByteStringTable table = new();
        for (int lap = 0; lap < 3; lap++)
        {
            table.Clear();
            Assert.Equal(0, table.Count);
            Dictionary<string, int> expected = [];
            for (int i = random.Next(2000); i > 0; i--)
            {
                string text = $"{random.Next(700)}{new string('x', random.Next(3) * random.Next(50))}";
                text = random.OneIn(100) ? "" : text;
                expected.TryAdd(text, expected.Count);
                Assert.Equal(expected[text], table.Add(text.Bytes()));
            }

            Assert.Equal(expected.Count, table.Count);
            Assert.All(expected, e => Assert.True(table[e.Value].SequenceEqual(e.Key.Bytes())));
        }
    });

    private static RowKey RandomKey(Random random) => new(
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => random.OneIn(5) ? (byte)255 : (byte)random.Next(3))],
        random.OneIn(10) ? random.Any((int[])[int.MinValue, -1, int.MaxValue]) : random.Next(4));
}
