using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using FastIngest.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json;

public sealed partial class DecimalParserTests
{
    private static readonly string[] Pieces =
        ["0", "00", "1", "5", "9", "49", "500000", "999999", "123456789", "0000000000000000", "4999999999999999999999", ".", "-", "e", "E+", "e-", "+", " ", "e5", "e-7", "e12", "x"];

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("-0.0", 0)]
    [InlineData("0e99", 0)]
    [InlineData("7", 7_000_000)]
    [InlineData("-7.5", -7_500_000)]
    [InlineData("0.000001", 1)]
    [InlineData("72.123456", 72_123_456)]
    [InlineData("0.0000005", 0)]
    [InlineData("0.0000015", 2)]
    [InlineData("0.0000025", 2)]
    [InlineData("-0.0000015", -2)]
    [InlineData("-0.0000025", -2)]
    [InlineData("0.00000250000000000000000001", 3)]
    [InlineData("0.00000249999999999999999999", 2)]
    [InlineData("0.0000004999", 0)]
    [InlineData("0.5e-6", 0)]
    [InlineData("1.5e-6", 2)]
    [InlineData("25e-7", 2)]
    [InlineData("1e-7", 0)]
    [InlineData("6e-7", 1)]
    [InlineData("1e3", 1_000_000_000)]
    [InlineData("1E+3", 1_000_000_000)]
    [InlineData("12.5e1", 125_000_000)]
    [InlineData("12.5e-1", 1_250_000)]
    [InlineData("1e-99999999999999999999", 0)]
    [InlineData("0e99999999999999999999", 0)]
    [InlineData("0.000000000000000000000001e24", 1_000_000)]
    [InlineData("1000000000000000000000000e-24", 1_000_000)]
    [InlineData("999999999999.999999", 999_999_999_999_999_999)]
    [InlineData("9000000000000", 9_000_000_000_000_000_000)]
    [InlineData("-9e12", -9_000_000_000_000_000_000)]
    [InlineData("9000000000000.0000004", 9_000_000_000_000_000_000)]
    [InlineData("9000000000000.0000005", 9_000_000_000_000_000_000)]
    [InlineData("8999999999999.9999996", 9_000_000_000_000_000_000)]
    public void A_JSON_number_is_read_to_the_millionth_with_ties_to_even(string text, long expected)
    {
        Assert.True(DecimalParser.TryParse(text.Bytes(), out long micros));
        Assert.Equal(expected, micros);
    }

    [Theory]
    [InlineData("9000000000000.00000051")]
    [InlineData("9000000000000.000001")]
    [InlineData("-9000000000000.000001")]
    [InlineData("9000000000001")]
    [InlineData("9.1e12")]
    [InlineData("1e13")]
    [InlineData("1e99999999999999999999")]
    [InlineData("18446744073709551616")]
    [InlineData("18446744073709.551617")]
    [InlineData("36893488147419103232000000e-6")]
    public void A_number_beyond_the_limit_is_rejected(string text) => Assert.False(DecimalParser.TryParse(text.Bytes(), out _));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("-01")]
    [InlineData("00")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("-.5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e-")]
    [InlineData("1e+-2")]
    [InlineData("1e1.0")]
    [InlineData("1.e1")]
    [InlineData("1,5")]
    [InlineData("1 ")]
    [InlineData(" 1")]
    [InlineData("1x")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1_000")]
    [InlineData("--1")]
    [InlineData("1e5x")]
    [InlineData("１")]
    [InlineData("1000000000000000000000x")]
    public void A_text_that_is_not_a_JSON_number_is_rejected(string text) => Assert.False(DecimalParser.TryParse(text.Bytes(), out _));

    [Fact]
    public void Numbers_of_sixteen_million_digits_are_exact_and_quick()
    {
        string zeros = new('0', 16_000_000);
        Assert.False(DecimalParser.TryParse(("1" + zeros).Bytes(), out _));
        Assert.True(DecimalParser.TryParse(("1" + zeros + "e-16000000").Bytes(), out long one));
        Assert.Equal(1_000_000, one);
        Assert.True(DecimalParser.TryParse(("0.0000005" + zeros).Bytes(), out long tie));
        Assert.Equal(0, tie);
        Assert.True(DecimalParser.TryParse(("0.0000005" + zeros + "1").Bytes(), out long above));
        Assert.Equal(1, above);
        Assert.True(DecimalParser.TryParse(("0." + zeros + "5e15999993").Bytes(), out long shifted));
        Assert.Equal(0, shifted);
        Assert.True(DecimalParser.TryParse(("0." + zeros + "5e16000001").Bytes(), out long five));
        Assert.Equal(5_000_000, five);
    }

    [Fact]
    public void Random_decimals_agree_with_System_Decimal() => Fuzz.Run(1, 50_000, random =>
    {
        decimal value = new(random.Next(), random.Next(), random.Next(1 << random.Next(31)), random.OneIn(2), (byte)random.Next(29));
        string text = value.ToString(CultureInfo.InvariantCulture);
        bool fits = Math.Abs(value) < 10_000_000_000_000m;
        decimal rounded = fits ? Math.Round(value, 6, MidpointRounding.ToEven) : 0;
        fits = fits && Math.Abs(rounded) <= 9_000_000_000_000m;
        Assert.True(fits == DecimalParser.TryParse(text.Bytes(), out long micros), text);
        Assert.True(!fits || rounded * 1_000_000 == micros, text);
    });

    [Fact]
    public void Random_texts_agree_with_rational_arithmetic()
    {
        int numbers = 0;
        using GuardedMemory memory = new(4096);
        Fuzz.Run(2, 100_000, random =>
        {
            string text = random.OneIn(3)
                ? string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Any(Pieces)))
                : $"{(random.OneIn(2) ? "-" : "")}{random.NextInt64(1L << random.Next(62))}.{random.NextInt64(1L << random.Next(62))}{(random.OneIn(2) ? "" : $"e{random.Next(-30, 20)}")}";
            long? expected = Reference(text);
            long? actual = DecimalParser.TryParse(memory.AtEnd(text.Bytes()), out long micros) ? micros : null;
            Assert.True(expected == actual, $"{text}: expected {expected}, got {actual}");
            numbers += expected is null ? 0 : 1;
        });
        Assert.InRange(numbers, 30_000, int.MaxValue);
    }

    private static long? Reference(string text)
    {
        Match match = JsonNumber().Match(text);
        if (!match.Success)
        {
            return null;
        }

        BigInteger digits = BigInteger.Parse(match.Groups["whole"].Value + match.Groups["fraction"].Value, CultureInfo.InvariantCulture);
        BigInteger exponent = match.Groups["exponent"].Success ? BigInteger.Parse(match.Groups["exponent"].Value.TrimStart('+'), CultureInfo.InvariantCulture) : 0;
        int shift = (int)BigInteger.Max(-1000, BigInteger.Min(1000, exponent)) - match.Groups["fraction"].Length + 6;
        BigInteger value;
        if (shift >= 0)
        {
            value = digits * BigInteger.Pow(10, shift);
        }
        else
        {
            BigInteger divisor = BigInteger.Pow(10, -shift);
            value = BigInteger.DivRem(digits, divisor, out BigInteger rest);
            int order = (rest * 2).CompareTo(divisor);
            value += order > 0 || (order == 0 && !value.IsEven) ? 1 : 0;
        }

        return value > DecimalParser.MaxMicros ? null : match.Groups["sign"].Length > 0 ? -(long)value : (long)value;
    }

    [GeneratedRegex(@"\A(?<sign>-?)(?<whole>0|[1-9][0-9]*)(\.(?<fraction>[0-9]+))?([eE](?<exponent>[+-]?[0-9]+))?\z")]
    private static partial Regex JsonNumber();
}
