using System.Globalization;
using System.Numerics;
using System.Text;
using FastIngest.Samples;

namespace FastIngest.Tests.Samples;

public class QuantityTests
{
    [Theory]
    [InlineData("150", "lb", "kg", 68_038_856)] // 68.0388555, half to even
    [InlineData("1", "mi", "km", 1_609_344)]
    [InlineData("123456.789", "cm", "km", 1_234_568)]
    [InlineData("0.05", "cm", "km", 0)] // 0.0000005 km is half a millionth, to even
    [InlineData("0.15", "cm", "km", 2)] // 1.5 millionths, to even
    [InlineData("98.6", "degF", "\u00B0C", 37_000_000)]
    [InlineData("-40", "[degF]", "\u00B0C", -40_000_000)]
    [InlineData("37.2", "Cel", "\u00B0C", 37_200_000)]
    [InlineData("418.4", "kJ", "kcal", 100_000_000)]
    [InlineData("90", "mg/dL", "mmol/L", 4_995_670)] // 90 / 18.0156
    [InlineData("7", "count/min", "bpm", 7_000_000)]
    [InlineData("1.2", "Hz", "bpm", 72_000_000)]
    [InlineData("0.97", "1", "%", 97_000_000)]
    [InlineData("8", "fl_oz_us", "mL", 236_588_236)] // 236.5882365
    [InlineData("1", "cup_imp", "mL", 284_130_625)]
    [InlineData("1", "pt_imp", "mL", 568_261_250)]
    [InlineData("98.6", "deg F", "\u00B0C", 37_000_000)]
    [InlineData("98.6", "\u00BAF", "\u00B0C", 37_000_000)]
    [InlineData("120", "mm Hg", "mmHg", 120_000_000)]
    [InlineData("15", "Breaths Per Minute", "/min", 15_000_000)]
    [InlineData("70", "[in_us]", "cm", 177_800_356)] // an inch of US surveyors, 100/3937 m
    [InlineData("250", "watts", "W", 250_000_000)]
    [InlineData("5400", "s", "min", 90_000_000)]
    [InlineData("1.5", "hr", "min", 90_000_000)]
    [InlineData("72", "in", "cm", 182_880_000)]
    [InlineData("10", "m/s", "km/h", 36_000_000)]
    [InlineData("1e3", "g", "kg", 1_000_000)]
    [InlineData("+5", "kg", "kg", 5_000_000)]
    [InlineData("0.0123456789012345678901234567890123", "km", "km", 12_346)]
    [InlineData("12345678901234567.891", "mm", "km", 12_345_678_901_234_568)]
    public void A_value_is_converted_exactly_and_rounded_once(string text, string from, string to, long micros)
    {
        UnitFactor factor = Assert.NotNull(Units.Convert(from, to));
        Assert.True(Quantity.TryParse(Encoding.UTF8.GetBytes(text), factor, out long converted));
        Assert.Equal(micros, converted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("12,5")]
    [InlineData("NaN")]
    [InlineData("1e999999999999")]
    [InlineData("99999999999999")]
    [InlineData("0x10")]
    [InlineData(" 1")]
    public void What_is_no_number_or_too_large_is_not_read(string text)
    {
        Assert.False(Quantity.TryParse(Encoding.UTF8.GetBytes(text), UnitFactor.One, out _));
        Assert.False(Quantity.TryParse(Encoding.UTF8.GetBytes(text), new UnitFactor(3, 2), out _));
    }

    [Theory]
    [InlineData("kg", "km")]
    [InlineData("furlong", "km")]
    [InlineData("mg/dL", "kg")]
    [InlineData("kcal", "bpm")]
    public void Units_of_different_quantities_are_not_converted(string from, string to) => Assert.Null(Units.Convert(from, to));

    [Fact]
    public void Every_metric_has_a_unit_that_is_converted_to_itself() =>
        Assert.All(Metrics.All, m => Assert.Equal(UnitFactor.One, Units.Convert(m.Unit, m.Unit)));

    [Fact]
    public void Random_values_are_those_of_rational_arithmetic()
    {
        Random random = new(20261128);
        for (int i = 0; i < 20_000; i++)
        {
            string digits = string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => (char)('0' + random.Next(10))));
            int point = random.Next(0, digits.Length);
            string text = (random.Next(2) == 0 ? "-" : "") + (point == 0 ? digits : $"{digits[..point]}.{digits[point..]}");
            UnitFactor factor = new(random.NextInt64(1, 10_000_000_000), random.NextInt64(1, 10_000_000_000), random.Next(4) == 0 ? -32 : 0);
            BigInteger mantissa = BigInteger.Parse(text.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
            BigInteger scale = BigInteger.Pow(10, point == 0 ? 0 : digits.Length - point);
            BigInteger numerator = (mantissa + (factor.Offset * scale)) * factor.Numerator * 1_000_000, denominator = scale * factor.Denominator;
            BigInteger floor = BigInteger.Divide(numerator - (((numerator % denominator) + denominator) % denominator), denominator);
            BigInteger twice = (numerator - (floor * denominator)) * 2;
            BigInteger expected = twice > denominator || (twice == denominator && !floor.IsEven) ? floor + 1 : floor;
            bool isRead = Quantity.TryParse(Encoding.UTF8.GetBytes(text), factor, out long micros);
            Assert.True(isRead == (BigInteger.Abs(expected) <= 9_000_000_000_000_000_000), text);
            Assert.True(!isRead || micros == expected, $"{text} {factor}: {micros}, not {expected}");
        }
    }
}
