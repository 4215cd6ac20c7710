using FastIngest.Reports;

namespace FastIngest.Tests.Reports;

/// <summary>Quantiles are those of the values: exactly for few, to the width of a bin for many.</summary>
public sealed class ValueSketchTests
{
    private const double Low = 0, High = 16, BinWidth = (High - Low) / 160;

    private static readonly double[] Shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(32)]
    public void Few_values_have_exact_quantiles(int count)
    {
        float[] values = Values(count, seed: count);
        ValueSketch sketch = Of(values);
        Assert.All(Shares, share => Assert.Equal(Quantile(values, share), sketch.Quantile(share), 1e-4));
    }

    [Theory]
    [InlineData(33)]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public void Many_values_have_quantiles_within_a_bin(int count)
    {
        float[] values = Values(count, seed: count);
        ValueSketch sketch = Of(values);
        // Between two values that are far apart the interpolation may be anywhere between them.
        Assert.All(Shares, share =>
        {
            float[] sorted = [.. values.Order()];
            double rank = share * (count - 1);
            Assert.InRange(sketch.Quantile(share), sorted[(int)Math.Floor(rank)] - (BinWidth * 1.001), sorted[(int)Math.Ceiling(rank)] + (BinWidth * 1.001));
        });
    }

    [Fact]
    public void Added_sketches_are_the_sketch_of_all_values()
    {
        foreach ((int a, int b) in ((int, int)[])[(0, 0), (0, 5), (5, 0), (20, 20), (5, 100), (100, 5), (100, 100)])
        {
            float[] first = Values(a, seed: a), second = Values(b, seed: b + 1_000);
            ValueSketch sum = Of(first);
            sum.Add(Of(second));
            ValueSketch all = Of([.. first, .. second]);

            Assert.Equal(a + b, sum.Count);
            Assert.All(Shares, share => Assert.Equal(all.Quantile(share), sum.Quantile(share)));
        }
    }

    [Fact]
    public void Values_outside_of_the_bins_stay_in_the_range_of_the_values()
    {
        ValueSketch sketch = Of([.. Enumerable.Repeat(1e30f, 50), .. Enumerable.Repeat(-1e30f, 50)]);
        Assert.Equal(Low, sketch.Quantile(0), BinWidth);
        Assert.Equal(High, sketch.Quantile(1), BinWidth);
        Assert.True(double.IsNaN(new ValueSketch(Low, High).Quantile(0.5)));
    }

    private static float[] Values(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 16))];
    }

    private static ValueSketch Of(float[] values)
    {
        ValueSketch sketch = new(Low, High);
        foreach (float value in values)
        {
            sketch.Add(value);
        }

        return sketch;
    }

    private static double Quantile(float[] values, double share)
    {
        float[] sorted = [.. values.Order()];
        double rank = share * (sorted.Length - 1);
        int below = (int)rank, above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((rank - below) * (sorted[above] - sorted[below]));
    }
}
