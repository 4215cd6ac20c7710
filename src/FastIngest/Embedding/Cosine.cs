using System.Numerics;
using System.Runtime.InteropServices;

namespace FastIngest.Embedding;

/// <summary>
/// The cosine of the angle between two vectors. The estimate is quick and is wrong by at most <see cref="ErrorOf"/>; the exact value
/// is summed in double precision in the order of the numbers, so that it is the same on every machine.
/// </summary>
internal static class Cosine
{
    /// <summary>Half the distance of neighbouring floats at 1, the relative error of an operation.</summary>
    private const float Unit = 1f / (1 << 24);

    /// <summary>Operations on a number besides those of the sum: the lengths of both vectors, and their products.</summary>
    private const int OtherOperations = 8;

    /// <summary>The largest error of an estimate, which is at most the number of operations that a number takes part in times their relative error.</summary>
    public static float ErrorOf(int dimensions) => 2 * (dimensions + OtherOperations) * Unit;

    /// <summary>The sum of the products of the numbers, estimated.</summary>
    public static float Estimate(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> x = MemoryMarshal.Cast<float, Vector<float>>(a), y = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int i = 0;
        for (; i <= x.Length - 4 && i <= y.Length - 4; i += 4)
        {
            sum0 = Vector.MultiplyAddEstimate(x[i], y[i], sum0);
            sum1 = Vector.MultiplyAddEstimate(x[i + 1], y[i + 1], sum1);
            sum2 = Vector.MultiplyAddEstimate(x[i + 2], y[i + 2], sum2);
            sum3 = Vector.MultiplyAddEstimate(x[i + 3], y[i + 3], sum3);
        }

        for (; i < x.Length && i < y.Length; i++)
        {
            sum0 = Vector.MultiplyAddEstimate(x[i], y[i], sum0);
        }

        float sum = Vector.Sum(sum0 + sum1 + (sum2 + sum3));
        for (int rest = i * Vector<float>.Count; rest < a.Length; rest++)
        {
            sum += a[rest] * b[rest];
        }

        return sum;
    }

    /// <summary>The cosine of two vectors, neither of which is zero.</summary>
    public static double Exact(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double product = 0, squaresOfA = 0, squaresOfB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            squaresOfA += (double)a[i] * a[i];
            squaresOfB += (double)b[i] * b[i];
        }

        return product / Math.Sqrt(squaresOfA * squaresOfB);
    }

    /// <summary>One divided by the length of a vector; NaN and infinity become zero, so that a damaged vector is never near.</summary>
    public static float InverseLength(ReadOnlySpan<float> vector)
    {
        double squares = 0;
        foreach (float number in vector)
        {
            squares += (double)number * number;
        }

        double inverse = 1 / Math.Sqrt(squares);
        return double.IsFinite(inverse) ? (float)inverse : 0;
    }
}
