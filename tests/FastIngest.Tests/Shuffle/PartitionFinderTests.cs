using FastIngest.Shuffle;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Shuffle;

public sealed class PartitionFinderTests
{
    [Fact]
    public void The_cache_returns_the_same_partition_as_the_boundaries()
    {
        Random random = new(11);
        string[] users = ["a", "a\0", "a\0\0", "user_000001", "user_000002", "0123456789abcdef", "0123456789abcdef0", "0123456789abcde", "é", .. Enumerable.Range(0, 3000).Select(i => $"u{i}")];
        List<RowKey> sample = [.. Enumerable.Range(0, 400).Select(_ => new RowKey(random.Any(users).Bytes(), random.Next(100)))];
        PartitionBoundaries boundaries = PartitionBoundaries.FromSample(sample, 60);
        PartitionFinder finder = new(boundaries);
        for (int i = 0; i < 200_000; i++)
        {
            byte[] user = random.Any(users).Bytes();
            int day = random.Next(-1, 101);

            int partition = finder.Find(user, day, out DayRange days);

            // The cached range may come from another day of the user, but it belongs to this partition and contains the day.
            Assert.Equal(boundaries.Find(user, day, out DayRange expected), partition);
            Assert.True(days.Contains(day));
            Assert.Equal(expected, days);
        }
    }
}
