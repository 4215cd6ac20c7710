using System.Globalization;
using System.Text;
using FastIngest.Json;

namespace FastIngest.Tests.Json;

public sealed class TimeOfDayTests
{
    [Theory]
    [InlineData("", "00:00:00")]
    [InlineData("T07:08", "07:08:00")]
    [InlineData(" 07:08Z", "07:08:00")]
    [InlineData("T07:08+02:30", "07:08:00")]
    [InlineData("T07:08-0230", "07:08:00")]
    [InlineData("T23:59:58", "23:59:58")]
    [InlineData(" 23:59:58Z", "23:59:58")]
    [InlineData("T23:59:58+01:00", "23:59:58")]
    [InlineData("T00:00:00.5", "00:00:00.5")]
    [InlineData("T00:00:00.000001Z", "00:00:00.000001")]
    [InlineData("T00:00:00.1234567899-02:00", "00:00:00.123456")]
    [InlineData("T23:59:59.9999999", "23:59:59.999999")]
    [InlineData("T12:34:60", "12:34:59.999999")]
    [InlineData("T23:59:60.5Z", "23:59:59.999999")]
    public void The_time_is_read_as_written(string rest, string expected)
    {
        byte[] text = Encoding.UTF8.GetBytes(rest);
        Assert.True(DateParser.IsRest(text));
        Assert.Equal(TimeSpan.Parse(expected, CultureInfo.InvariantCulture).Ticks / 10, TimeOfDay.Microseconds(text));
    }

    [Fact]
    public void Every_text_that_is_accepted_gives_a_time_within_its_day()
    {
        Random random = new(8);
        string[] ends = ["", "Z", "+02:00", "-1130", ".5", ".999999999Z", ".0+01:00"];
        for (int i = 0; i < 20_000; i++)
        {
            string rest = $"{(random.Next(2) == 0 ? 'T' : ' ')}{random.Next(24):00}:{random.Next(60):00}{(random.Next(4) == 0 ? "" : $":{random.Next(61):00}{ends[random.Next(ends.Length)]}")}";
            byte[] text = Encoding.UTF8.GetBytes(rest);
            Assert.True(DateParser.IsRest(text), rest);
            Assert.InRange(TimeOfDay.Microseconds(text), 0, (24L * 60 * 60 * 1_000_000) - 1);
        }
    }
}
