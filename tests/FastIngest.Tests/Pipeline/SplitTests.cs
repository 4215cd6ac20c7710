using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.Reduce;
using FastIngest.Shuffle;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

/// <summary>A partition that is too large for the memory is split by key, repeatedly, and produces the same rows.</summary>
public sealed class SplitTests
{
    /// <summary>With this little memory, a partition has 4 KiB and 128 runs of equal keys.</summary>
    private static readonly MemoryPlan Least = MemoryPlan.For(0, 1);

    [Theory]
    [InlineData(1, 2000)]
    [InlineData(2000, 1)]
    [InlineData(3, 300)]
    [InlineData(1, 1)]
    public void Records_in_any_order_give_the_same_rows_however_small_the_memory(int users, int days) => Fuzz.Run(1_400_000, 3, random =>
    {
        using TemporaryFolder folder = new(inMemory: true);
        foreach (Category category in Categories.Named)
        {
            StringBuilder text = new();
            for (int i = random.Next(1, 3000); i > 0; i--)
            {
                AppendRecord(text, category, random, users, days);
            }

            folder.Write($"{category.Name()}.ndjson", Encoding.UTF8.GetBytes(text.ToString()));
        }

        IngestOptions options = new() { Paths = [folder.Path], Partitions = 1, ChunkBytes = random.Any([5_000, 100_000]), Workers = random.Next(1, 3) };
        RunResult expected = Support.Run.Ingest(options);
        RunResult found = Support.Run.Ingest(options with { MemoryLimitBytes = 0 });
        Same.Text(expected.Rows, found.Rows, $"{users} users, {days} days");
        Assert.Equal(expected.Report.Aggregated, found.Report.Aggregated);
    });

    [Fact]
    public void Every_part_has_fewer_keys_until_each_has_one()
    {
        PartitionSplitter splitter = new(Least, default, Path.GetTempPath());
        using PartitionStore store = StoreOf(random => ($"u{random.Next(3)}", random.OneIn(2) ? 5 : random.Next(9)));
        List<(string User, int Day)> keys = [];
        Walk(store, 0, KeyRange.All);
        Assert.Equal(keys.Order(), keys);
        Assert.Equal(27, keys.Count);

        void Walk(PartitionStore from, int partition, KeyRange range)
        {
            if (splitter.ChooseBoundaries(from, partition, range, default) is not { } boundaries)
            {
                HashSet<(string, int)> found = [];
                byte[] buffer = [];
                from.Visit(partition, ref buffer, (_, segment) =>
                {
                    SegmentReader reader = new(segment, 0, segment.Length);
                    while (reader.Next())
                    {
                        Assert.True(range.Contains(reader.User, reader.Day));
                        found.Add((Encoding.UTF8.GetString(reader.User), reader.Day));
                    }
                });
                keys.AddRange(found);
                return;
            }

            using PartitionStore parts = splitter.Split(from, partition, boundaries, default);
            Assert.InRange(parts.Count, 2, 64);
            for (int part = 0; part < parts.Count; part++)
            {
                Walk(parts, part, boundaries.RangeOf(part, range));
            }
        }
    }

    [Fact]
    public void One_day_of_one_user_is_not_split()
    {
        PartitionSplitter splitter = new(Least, default, Path.GetTempPath());
        using PartitionStore store = StoreOf(_ => ("u", 7));
        Assert.True(store.BytesOf(0) > Least.PartitionBytes);
        Assert.Null(splitter.ChooseBoundaries(store, 0, KeyRange.All, default));
    }

    private static PartitionStore StoreOf(Func<Random, (string User, int Day)> key)
    {
        Random random = new(5);
        PartitionStore store = new(1, new BlockPool(1 << 20), Path.GetTempPath());
        Segment segment = new();
        for (int chunk = 0; chunk < 20; chunk++)
        {
            segment.Clear();
            for (int i = 0; i < 100; i++)
            {
                (string user, int day) = key(random);
                segment.Begin(user.Bytes(), day, 100);
                segment.WriteText("run"u8);
                segment.WriteNumbers([random.Next(), random.Next(), random.Next(), random.Next()], 0b1111);
                segment.End();
            }

            store.Append(0, new SegmentId((int)Category.Workouts, 0, chunk), segment.Bytes);
        }

        store.Seal();
        return store;
    }

    private static void AppendRecord(StringBuilder text, Category category, Random random, int users, int days)
    {
        string date = new DateOnly(2020, 1, 1).AddDays(random.Next(days)).ToString("O");
        text.Append($$"""{"user_id":"u{{random.Next(users)}}",""");
        text.Append(category switch
        {
            Category.Users => $"\"name\":\"N{random.Next()}\",\"age\":{random.Next(90)}",
            Category.HeartRate => $"\"date_time\":\"{date}T10:00:00\",\"value\":{random.Next(200)}",
            Category.Measurements => $"\"date\":\"{date}\",\"m{random.Next(5)}\":{random.Next(100)},\"waist\":{random.Next(100)}.5,\"\":1",
            Category.Sleep => $"\"date\":\"{date}\",\"total_sleep\":{random.Next(12)},\"sleep_quality\":\"q{random.Next(3)}\"",
            Category.Nutrition => $"\"date\":\"{date}\",\"meal_type\":\"{new string('m', random.Next(300))}\",\"calories\":{random.Next(900)}",
            Category.Workouts => $"\"date\":\"{date}\",\"workout_type\":\"w{random.Next(4)}\",\"sets\":{random.Next(9)}",
            _ => $"\"date\":\"{date}\",\"activity_type\":\"walk\",\"weather\":\"w{random.Next(4)}\",\"distance\":{random.Next(90)}.{random.Next(1_000_000)}",
        });
        text.Append("}\n");
    }
}
