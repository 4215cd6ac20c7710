using System.Numerics;
using FastIngest.Health;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Health;

public sealed class SampleReductionTests
{
    [Fact]
    public void A_run_of_any_length_has_the_exact_sum_minimum_and_maximum() => Fuzz.Run(1_400_000, 20, random =>
    {
        foreach (int length in Enumerable.Range(1, 70).Append(SampleReduction.MaxRun))
        {
            long limit = random.OneIn(2) ? SampleReduction.MaxMagnitude : 200_000_000;
            long[] samples = [.. Enumerable.Range(0, length).Select(_ => random.NextInt64(1 - limit, limit))];
            Check(samples);
            Check([.. samples.Select(Math.Abs)]);
            Check([.. samples.Select(s => -Math.Abs(s))]);
        }
    });

    [Fact]
    public void The_longest_run_of_the_largest_samples_does_not_overflow()
    {
        Check([.. Enumerable.Repeat(SampleReduction.MaxMagnitude - 1, SampleReduction.MaxRun)]);
        Check([.. Enumerable.Repeat(1 - SampleReduction.MaxMagnitude, SampleReduction.MaxRun)]);
        Check([9_000_000_000_000_000_000]);
        Check([-9_000_000_000_000_000_000]);
    }

    private static void Check(long[] samples)
    {
        BigInteger sum = samples.Aggregate(BigInteger.Zero, (s, v) => s + v);
        Assert.Equal(new SampleTotals(samples.Length, (long)sum, samples.Min(), samples.Max()), SampleReduction.Reduce(samples));
    }
}
