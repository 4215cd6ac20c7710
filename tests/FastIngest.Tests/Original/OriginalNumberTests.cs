using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using FastIngest.Pipeline.Original;

namespace FastIngest.Tests.Original;

public class OriginalNumberTests
{
    [Theory]
    [InlineData("9000000000000", 9_000_000_000_000_000_000)]
    [InlineData("9000000000000.000000", 9_000_000_000_000_000_000)]
    [InlineData("-9000000000000", -9_000_000_000_000_000_000)]
    [InlineData("9000000000000.000001", null)]
    [InlineData("90000000000000001e-4", null)]
    [InlineData("1e28", null)]
    [InlineData("1e99999999999999", null)]
    [InlineData("1e-99999999999999", 0L)]
    [InlineData("-0e99999999999999", 0L)]
    [InlineData("0.0000005", 0L)]
    [InlineData("0.0000015", 2L)]
    [InlineData("-0.0000025", -2L)]
    [InlineData("0.00000050000000001", 1L)]
    [InlineData("5.0000000001e-7", 1L)]
    [InlineData("123456789012.5e-18", 0L)]
    public void A_number_is_rounded_to_micros_with_ties_to_even(string number, long? micros)
    {
        Assert.Equal(micros, Read(number));
        Assert.Equal(micros, Read($"\" {number}\\n\""));
    }

    [Fact]
    public void A_number_that_is_written_with_more_digits_is_the_same_number()
    {
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            string text = ((decimal)random.NextInt64(-1L << random.Next(1, 63), 1L << random.Next(1, 63)) / (decimal)Math.Pow(10, random.Next(0, 12))).ToString(CultureInfo.InvariantCulture);
            string longer = (text.Contains('.', StringComparison.Ordinal) ? text : text + ".0") + new string('0', 40);
            Assert.Equal(Read(longer), Read(text));
        }
    }

    [Fact]
    public void A_mean_is_the_nearest_double()
    {
        Random random = new(8);
        for (int i = 0; i < 20_000; i++)
        {
            long sum = random.NextInt64(-1L << random.Next(40, 63), 1L << random.Next(40, 63));
            Assert.Equal(double.Parse($"{sum}e-6", CultureInfo.InvariantCulture), OriginalNumber.Mean(sum, 1));
            BigInteger scaled = sum * BigInteger.Pow(10, 60);
            int count = random.Next(1, 1000);
            Assert.Equal(double.Parse($"{scaled / count}{(scaled % count == 0 ? 0 : 1)}e-67", CultureInfo.InvariantCulture), OriginalNumber.Mean(sum, count));
        }
    }

    [Theory]
    [InlineData(1_500_000, "1.5")]
    [InlineData(120_000_000, "120")]
    [InlineData(-1, "-0.000001")]
    [InlineData(0, "0")]
    [InlineData(9_000_000_000_000_000_000, "9000000000000")]
    public void Micros_are_written_without_zeros_at_the_end(long micros, string text) => Assert.Equal(text, OriginalNumber.Plain(micros));

    private static long? Read(string json) => OriginalNumber.Of(new(json[0] == '"' ? JsonTokenType.String : JsonTokenType.Number, Encoding.UTF8.GetBytes(json)));
}
