using System.Numerics;

namespace FastIngest.Health;

/// <summary>The exact totals of a run of samples, independent of their order. Sum, min and max are in micros.</summary>
public readonly record struct SampleTotals(long Count, long Sum, long Min, long Max);

/// <summary>Reduces runs of samples with <see cref="Vector{T}"/>.</summary>
public static class SampleReduction
{
    /// <summary>The longest run whose sum always fits into 64 bits: 1024 values with magnitudes below 2^53.</summary>
    public const int MaxRun = 1024;

    /// <summary>A sample with this magnitude (in micros) or more must be in a run alone.</summary>
    public const long MaxMagnitude = 1L << 53;

    /// <param name="samples">From 1 to <see cref="MaxRun"/> values in micros, below <see cref="MaxMagnitude"/> in magnitude if more than one.</param>
    public static SampleTotals Reduce(ReadOnlySpan<long> samples)
    {
        if (samples.Length == 1)
        {
            return new SampleTotals(1, samples[0], samples[0], samples[0]);
        }

        long sum = 0;
        long min = long.MaxValue;
        long max = long.MinValue;
        int i = 0;
        if (samples.Length >= Vector<long>.Count)
        {
            Vector<long> sums = Vector<long>.Zero;
            Vector<long> mins = new(long.MaxValue);
            Vector<long> maxs = new(long.MinValue);
            for (; i <= samples.Length - Vector<long>.Count; i += Vector<long>.Count)
            {
                Vector<long> v = new(samples[i..]);
                sums += v;
                mins = Vector.Min(mins, v);
                maxs = Vector.Max(maxs, v);
            }

            sum = Vector.Sum(sums);
            for (int lane = 0; lane < Vector<long>.Count; lane++)
            {
                min = Math.Min(min, mins[lane]);
                max = Math.Max(max, maxs[lane]);
            }
        }

        for (; i < samples.Length; i++)
        {
            sum += samples[i];
            min = Math.Min(min, samples[i]);
            max = Math.Max(max, samples[i]);
        }

        return new SampleTotals(samples.Length, sum, min, max);
    }
}
