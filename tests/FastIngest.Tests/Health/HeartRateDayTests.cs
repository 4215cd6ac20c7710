using FastIngest.Health;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Health;

public sealed class HeartRateDayTests
{
    [Theory]
    [InlineData("70.05", "70")]
    [InlineData("70.15", "70.2")]
    [InlineData("70.25", "70.2")]
    [InlineData("70.250001", "70.3")]
    [InlineData("-70.25", "-70.2")]
    [InlineData("-70.35", "-70.4")]
    [InlineData("-0.05", "0")]
    [InlineData("0.05", "0")]
    [InlineData("0.049999", "0")]
    [InlineData("0.15", "0.2")]
    [InlineData("9e12", "9000000000000")]
    public void The_mean_of_one_sample_has_one_decimal_with_ties_to_even(string value, string mean) =>
        Assert.Contains($"mean {mean} over 1 readings.", Day(value).Text(TextSlot.Summary), StringComparison.Ordinal);

    [Theory]
    [InlineData("70.2", 70, 70, 70, 71)]
    [InlineData("70.5", 70, 71)]
    [InlineData("70.1", 70, 70, 70, 70, 70, 70, 70, 70, 70, 71)]
    [InlineData("70", 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 71)]
    [InlineData("70.3", 70, 70, 71)]
    public void The_mean_of_many_is_exact_before_it_is_rounded(string mean, params int[] values) =>
        Assert.Contains($"mean {mean} over {values.Length} readings.", Day([.. values.Select(v => $"{v}")]).Text(TextSlot.Summary), StringComparison.Ordinal);

    [Fact]
    public void Columns_hold_count_minimum_maximum_and_the_nearest_double_of_the_mean()
    {
        Summaries day = Day("61", "62.5", "60", "61");
        Assert.Equal(4, day[NumberSlot.HrCount]);
        Assert.Equal(60, day[NumberSlot.HrMin]);
        Assert.Equal(62.5, day[NumberSlot.HrMax]);
        Assert.Equal(244.5 / 4, day[NumberSlot.HrMean]);
    }

    [Theory]
    [InlineData("9007199254.740992")]
    [InlineData("-9007199254.740992")]
    [InlineData("9007199254.740991")]
    [InlineData("9000000000000")]
    [InlineData("-9000000000000")]
    public void Thousands_of_enormous_samples_have_an_exact_mean(string value)
    {
        Summaries day = Day([.. Enumerable.Repeat(value, 3000)]);
        Assert.Equal(double.Parse(value, System.Globalization.CultureInfo.InvariantCulture), day[NumberSlot.HrMean]);
        Assert.Equal(3000, day[NumberSlot.HrCount]);
    }

    private static Summaries Day(params string[] values) => Summaries.Of(
        Category.HeartRate, [.. values.Select(v => $"{{\"user_id\": \"u\", \"date_time\": \"2024-01-01 10:00\", \"value\": {v}}}")]);
}
