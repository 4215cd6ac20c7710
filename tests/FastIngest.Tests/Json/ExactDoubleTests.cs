using System.Globalization;
using System.Numerics;
using FastIngest.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json;

public sealed class ExactDoubleTests
{
    [Fact]
    public void Micros_become_the_double_that_their_decimal_text_parses_to() => Fuzz.Run(5, 50_000, random =>
    {
        Int128 micros = RandomInteger(random, 126);
        BigInteger magnitude = BigInteger.Abs((BigInteger)micros);
        string text = $"{(micros < 0 ? "-" : "")}{magnitude / 1_000_000}.{(int)(magnitude % 1_000_000):D6}";
        double expected = double.Parse(text, CultureInfo.InvariantCulture);
        Assert.True(expected == ExactDouble.FromMicros(micros), text);
    });

    [Fact]
    public void A_quotient_becomes_the_nearest_double() => Fuzz.Run(6, 50_000, random =>
        CheckNearest(RandomInteger(random, 126), RandomPositive(random, 90)));

    [Fact]
    public void A_quotient_between_two_doubles_becomes_the_even_one() => Fuzz.Run(7, 50_000, random =>
    {
        // 53 bits, followed by exactly one half, or by one unit of the numerator more or less than one half.
        Int128 half = (((Int128)random.NextInt64(1L << 52, 1L << 53) << 1) | 1) << random.Next(30);
        Int128 denominator = (Int128)random.NextInt64(1, 1L << random.Next(1, 30)) << random.Next(10);
        Int128 numerator = (half * denominator) + random.Next(-1, 2);
        CheckNearest(random.OneIn(2) ? -numerator : numerator, denominator);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1L << 53)]
    [InlineData((1L << 53) + 1)]
    [InlineData(-(1L << 53) - 1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void The_limits_of_the_fast_path_are_exact(long numerator)
    {
        CheckNearest(numerator, 1);
        CheckNearest(numerator, 3);
        CheckNearest(numerator, (1L << 53) - 1);
        CheckNearest(numerator, 1L << 53);
        CheckNearest(numerator, (1L << 53) + 1);
    }

    private static void CheckNearest(Int128 numerator, Int128 denominator)
    {
        double actual = ExactDouble.Ratio(numerator, denominator);
        Assert.True(double.IsFinite(actual));
        BigInteger distance = Distance(actual, numerator, denominator, out BigInteger scale);
        foreach (double neighbour in (double[])[Math.BitIncrement(actual), Math.BitDecrement(actual)])
        {
            BigInteger other = Distance(neighbour, numerator, denominator, out BigInteger otherScale);
            int order = (distance * otherScale).CompareTo(other * scale);
            bool isEven = (BitConverter.DoubleToInt64Bits(actual) & 1) == 0;
            Assert.True(order < 0 || (order == 0 && isEven), $"{numerator}/{denominator} became {actual:R}, {neighbour:R} is nearer");
        }
    }

    /// <summary>|value - numerator/denominator| as a multiple of 1/scale.</summary>
    private static BigInteger Distance(double value, BigInteger numerator, BigInteger denominator, out BigInteger scale)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        exponent = Math.Max(exponent, 1) - 1075;
        mantissa = bits < 0 ? -mantissa : mantissa;
        BigInteger valueScale = exponent < 0 ? BigInteger.One << -exponent : BigInteger.One;
        mantissa = exponent > 0 ? mantissa << exponent : mantissa;
        scale = valueScale * denominator;
        return BigInteger.Abs((mantissa * denominator) - (numerator * valueScale));
    }

    private static Int128 RandomInteger(Random random, int bits)
    {
        Int128 value = RandomPositive(random, bits);
        return random.OneIn(2) ? -value : value;
    }

    private static Int128 RandomPositive(Random random, int bits) =>
        (((Int128)random.NextInt64() << 63) | random.NextInt64()) >> (126 - random.Next(1, bits)) | 1;
}
