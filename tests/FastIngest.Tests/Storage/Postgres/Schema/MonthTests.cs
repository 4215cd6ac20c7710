using System.Globalization;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Tests.Storage.Postgres.Schema;

public sealed class MonthTests
{
    [Theory]
    [InlineData("0001-01-01", "heart_rate_before", "MINVALUE", "'1970-01-01'")]
    [InlineData("1969-12-31", "heart_rate_before", "MINVALUE", "'1970-01-01'")]
    [InlineData("1970-01-01", "heart_rate_1970_01", "'1970-01-01'", "'1970-02-01'")]
    [InlineData("2024-02-29", "heart_rate_2024_02", "'2024-02-01'", "'2024-03-01'")]
    [InlineData("2069-12-31", "heart_rate_2069_12", "'2069-12-01'", "'2070-01-01'")]
    [InlineData("2070-01-01", "heart_rate_after", "'2070-01-01'", "MAXVALUE")]
    [InlineData("9999-12-31", "heart_rate_after", "'2070-01-01'", "MAXVALUE")]
    public void A_day_falls_into_one_partition(string day, string partition, string from, string to)
    {
        int month = Month.Of(DateOnly.Parse(day, CultureInfo.InvariantCulture).DayNumber);
        Assert.Equal(partition, Month.Partition("heart_rate", month));
        Assert.Equal((from, to), Month.Bounds(month));
    }

    [Fact]
    public void The_months_follow_each_other_without_a_gap()
    {
        for (int month = Month.Before; month < Month.After; month++)
        {
            Assert.Equal(Month.Bounds(month).To, Month.Bounds(month + 1).From);
        }
    }
}
