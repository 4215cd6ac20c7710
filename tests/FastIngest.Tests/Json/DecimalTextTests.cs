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
    [InlineData(100_000_001, "100.000001")]
    [InlineData(9_000_000_000_000_000_000, "9000000000000")]
    [InlineData(long.MaxValue, "9223372036854.775807")]
    [InlineData(long.MinValue, "-9223372036854.775808")]
    public void Millionths_print_as_plain_decimals(long millionths, string expected) =>
        Assert.Equal(expected, Text(millionths));

    [Fact]
    public void Every_text_is_the_number_exactly()
    {
        Random random = new(11);
        for (int i = 0; i < 100_000; i++)
        {
            long millionths = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63);
            string text = Text(millionths);
            Assert.Equal(millionths / 1_000_000m, decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
            Assert.False(text.Contains('.') && text.EndsWith('0'), text);
        }
    }

    private static string Text(long millionths)
    {
        Span<byte> destination = stackalloc byte[DecimalText.MaxBytes];
        return Encoding.ASCII.GetString(destination[..DecimalText.Write(destination, millionths)]);
    }
}
