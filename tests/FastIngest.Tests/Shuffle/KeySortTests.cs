using FastIngest.Shuffle;

namespace FastIngest.Tests.Shuffle;

public sealed class KeySortTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(511, 4)]
    [InlineData(512, 0)]
    [InlineData(512, 1)]
    [InlineData(5000, 11)]
    [InlineData(5000, 12)]
    [InlineData(5000, 23)]
    [InlineData(5000, 33)]
    [InlineData(5000, 34)]
    [InlineData(5000, 51)]
    public void Keys_are_sorted_and_equal_ones_keep_their_order(int count, int bits)
    {
        const int IndexBits = 13;
        Random random = new(7);
        ulong[] keys = [.. Enumerable.Range(0, count).Select(i => ((ulong)random.NextInt64(1L << bits) << IndexBits) | (uint)i)];
        ulong[] expected = [.. keys.Order()];

        KeySort.Sort(keys, new ulong[count + 3], IndexBits, bits);

        Assert.Equal(expected, keys);
    }
}
