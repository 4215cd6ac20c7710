using System.Numerics;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Tests.Health;

public sealed class NumericAggregateTests
{
    private static readonly long[] Values =
        [0, 1, -1, 7_500_000, 9_000_000_000_000_000_000, -9_000_000_000_000_000_000, long.MaxValue, long.MinValue];

    [Fact]
    public void Sums_are_exact_beyond_64_bits()
    {
        Random random = new(3);
        for (int lap = 0; lap < 2_000; lap++)
        {
            NumericAggregate aggregate = default;
            BigInteger[] sums = new BigInteger[4];
            uint seen = 0;
            for (int left = random.Next(12); left > 0; left--)
            {
                uint present = (uint)random.Next(16);
                long[] numbers = [.. Enumerable.Range(0, 4).Select(i => (present >> i & 1) != 0 ? Values[random.Next(Values.Length)] : 0)];
                aggregate.Add(numbers, present);
                seen |= present;
                for (int i = 0; i < numbers.Length; i++)
                {
                    sums[i] += numbers[i];
                }
            }

            for (int i = 0; i < sums.Length; i++)
            {
                Assert.Equal((seen >> i & 1) == 0 ? double.NaN : ExactDouble.FromMicros((Int128)sums[i]), aggregate[i]);
            }
        }
    }
}
