using FastIngest.Reports;

namespace FastIngest.Tests.Reports;

/// <summary>Columns of numbers are read back as they were written.</summary>
public sealed class NumberColumnTests
{
    [Fact]
    public void The_bytes_are_those_of_the_description()
    {
        NumberColumn column = new("steps", 0);
        column.Add(8100d);
        column.Add(double.NaN);
        column.Add(8103d);

        Assert.Equal([0xC9, 0x7E, 0x00, 0x07], column.Bytes.ToArray());
        Assert.Equal(3, column.Rows);
    }

    [Fact]
    public void Random_values_come_back_to_the_last_decimal()
    {
        Random random = new(15);
        for (int decimals = 0; decimals <= 2; decimals++)
        {
            NumberColumn column = new("x", decimals);
            List<double?> expected = [];
            for (int i = 0; i < 5_000; i++)
            {
                double value = random.Next(8) switch
                {
                    0 => double.NaN,
                    1 => 0,
                    2 => -random.NextDouble() * 1e12,
                    _ => random.NextDouble() * Math.Pow(10, random.Next(12)),
                };
                column.Add(value);
                expected.Add(double.IsNaN(value) ? null : Math.Round(value * Math.Pow(10, decimals)) / Math.Pow(10, decimals));
            }

            double?[] read = BlockReader.Column(column.Bytes, column.Rows, decimals);
            Assert.Equal(expected.Count, read.Length);
            for (int i = 0; i < read.Length; i++)
            {
                Assert.Equal(expected[i].HasValue, read[i].HasValue);
                Assert.True(expected[i] is not { } value || Math.Abs(value - read[i]!.Value) <= Math.Abs(value) * 1e-15, $"{expected[i]} {read[i]}");
            }
        }
    }

    [Theory]
    [InlineData(double.MaxValue)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(-1e300)]
    [InlineData(2251799813685249d)]
    public void What_a_browser_cannot_hold_exactly_is_no_number(double value)
    {
        NumberColumn column = new("x", 0);
        column.Add(5d);
        column.Add(value);
        column.Add(6d);

        Assert.Equal([5, null, 6], BlockReader.Column(column.Bytes, 3, 0));
    }

    [Fact]
    public void The_largest_differences_come_back()
    {
        const double Most = 1L << 51;
        NumberColumn column = new("x", 0);
        double[] values = [Most, -Most, Most, 0, -Most];
        foreach (double value in values)
        {
            column.Add(value);
        }

        Assert.Equal(values.Select(v => (double?)v), BlockReader.Column(column.Bytes, values.Length, 0));
    }
}
