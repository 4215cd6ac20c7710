using System.Text;
using FastIngest.Json;

namespace FastIngest.Tests.Json;

public class DecimalTextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.000001")]
    [InlineData(-1, "-0.000001")]
    [InlineData(10, "0.00001")]
    [InlineData(100_000, "0.1")]
    [InlineData(7_000_000, "7")]
    [InlineData(7_500_000, "7.5")]
    [InlineData(-7_500_000, "-7.5")]
    [InlineData(10_000_000, "10")]
    [InlineData(121_100_000, "121.1")]
    [InlineData(999_999, "0.999999")]
    [InlineData(1_000, "0.001")]
    [InlineData(1_200, "0.0012")]
    [InlineData(999_999_999, "999.999999")]
    [InlineData(1_000_000_000, "1000")]
    [InlineData(-1_000_000_000, "-1000")]
    [InlineData(1_000_010_000_000, "1000010")]
    [InlineData(999_999_000_000, "999999")]
    [InlineData(100_000_001, "100.000001")]
    [InlineData(9_000_000_000_000_000_000, "9000000000000")]
    [InlineData(long.MaxValue, "9223372036854.775807")]
    [InlineData(long.MinValue, "-9223372036854.775808")]
    public void Micros_print_as_plain_decimals(long micros, string expected) =>
        Assert.Equal(expected, Text(micros));

    [Fact]
    public void Every_text_is_the_exact_number()
    {
        Random random = new(11);
        for (int i = 0; i < 100_000; i++)
        {
            long micros = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63);
            string text = Text(micros);
            Assert.Equal(micros / 1_000_000m, decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
            Assert.False(text.Contains('.') && text.EndsWith('0'), text);
        }
    }

    [Fact]
    public void A_destination_that_is_too_short_is_rejected() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DecimalText.Write(new byte[DecimalText.MaxBytes - 1], 0));

    [Fact]
    public void The_longest_text_stays_within_its_destination()
    {
        byte[] target = new byte[DecimalText.MaxBytes + 8];
        foreach (long micros in (long[])[long.MinValue, long.MaxValue, -1, 999, -9_000_000_000_000_000_001])
        {
            target.AsSpan().Fill(0xAA);
            DecimalText.Write(target.AsSpan(0, DecimalText.MaxBytes), micros);
            Assert.Equal(-1, target.AsSpan(DecimalText.MaxBytes).IndexOfAnyExcept((byte)0xAA));
        }
    }

    private static string Text(long micros)
    {
        Span<byte> destination = stackalloc byte[DecimalText.MaxBytes];
        return Encoding.ASCII.GetString(destination[..DecimalText.Write(destination, micros)]);
    }
}
