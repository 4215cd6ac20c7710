using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastIngest.Json;

/// <summary>Converts exact values to the nearest double, ties to even.</summary>
public static class ExactDouble
{
    private const long MaxExact = 1L << 53;
    private const long Million = 1_000_000;

    /// <summary>The double nearest to a count of micros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double FromMicros(long micros) => Ratio(micros, Million);

    /// <summary>The double nearest to a count of micros.</summary>
    public static double FromMicros(Int128 micros) => Ratio(micros, Million);

    /// <summary>The double nearest to a quotient.</summary>
    /// <param name="denominator">Positive.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Ratio(long numerator, long denominator) =>
        (ulong)(numerator + MaxExact) <= 2 * MaxExact && denominator <= MaxExact
            ? (double)numerator / denominator // One correctly rounded operation on exact operands.
            : LongRatio(numerator, denominator);

    /// <summary>The double nearest to a quotient.</summary>
    /// <param name="denominator">Positive.</param>
    public static double Ratio(Int128 numerator, Int128 denominator) =>
        numerator == (long)numerator && denominator == (long)denominator
            ? Ratio((long)numerator, (long)denominator)
            : LongRatio(numerator, denominator);

    private static double LongRatio(BigInteger numerator, BigInteger denominator)
    {
        BigInteger magnitude = BigInteger.Abs(numerator);
        int shift = 63 + (int)denominator.GetBitLength() - (int)magnitude.GetBitLength();
        BigInteger quotient = BigInteger.DivRem(
            shift > 0 ? magnitude << shift : magnitude, shift < 0 ? denominator << -shift : denominator, out BigInteger remainder);

        // 63 or 64 bits. The lowest bit is also set if a remainder was cut off, so that rounding to 53 bits handles ties correctly.
        ulong bits = (ulong)quotient | (remainder.IsZero ? 0ul : 1ul);
        double result = Math.ScaleB(bits, -shift);
        return numerator.Sign < 0 ? -result : result;
    }
}
