using System.Text;
using FastIngest.Dialects.Times;
using FastIngest.Samples;

namespace FastIngest.Tests.Dialects.Times;

public class StampReaderTests
{
    [Theory]
    [InlineData("2024-03-31T00:59:59Z", "2024-03-31T01:59:59")] // before the clocks go forward in Berlin
    [InlineData("2024-03-31T01:00:00Z", "2024-03-31T03:00:00")]
    [InlineData("2024-10-27T00:59:59Z", "2024-10-27T02:59:59")] // before they go back
    [InlineData("2024-10-27T01:00:00Z", "2024-10-27T02:00:00")]
    [InlineData("2023-12-31T23:30:00Z", "2024-01-01T00:30:00")]
    [InlineData("2024-05-01T10:00:00+09:00", "2024-05-01T10:00:00")] // as written
    [InlineData("2024-05-01 10:00:00 -0500", "2024-05-01T10:00:00")]
    [InlineData("2024-05-01 7:05:09\u202FPM +0200", "2024-05-01T19:05:09")]
    [InlineData("2024-05-01T10:00:00.123456789Z", "2024-05-01T12:00:00.123456")]
    [InlineData("2024-05-01", "2024-05-01")]
    public void A_stamp_becomes_a_time_in_Berlin(string text, string expected) => Assert.Equal(expected, Read(text, "Europe/Berlin", Unzoned.Local));

    [Theory]
    [InlineData("2024-05-01T23:00:00", Unzoned.Utc, "2024-05-02T01:00:00")]
    [InlineData("2024-05-01T23:00:00", Unzoned.Local, "2024-05-01T23:00:00")]
    public void The_dialect_says_what_a_stamp_without_a_zone_means(string text, Unzoned unzoned, string expected) => Assert.Equal(expected, Read(text, "Europe/Berlin", unzoned));

    [Fact]
    public void Without_a_zone_UTC_stays_UTC_and_is_counted()
    {
        ZoneClock clock = new(null);
        Assert.True(StampReader.TryRead("2024-05-01T23:00:00Z"u8, Unzoned.Local, clock, out WallTime utc));
        Assert.True(StampReader.TryRead("2024-05-01T23:00:00+01:00"u8, Unzoned.Local, clock, out _));
        Assert.Equal(("2024-05-01T23:00:00", 1), (Text(utc), clock.UtcCount));
    }

    [Theory]
    [InlineData("03/31/24 01:30:00", "2024-03-31T03:30:00")]
    [InlineData("03/10/2020 07:59:29", "2020-03-10T08:59:29")]
    public void Months_come_first_where_a_dialect_says_so(string text, string expected)
    {
        Assert.True(StampReader.TryReadMonthFirst(Encoding.UTF8.GetBytes(text), Unzoned.Utc, Berlin(), out WallTime time));
        Assert.Equal(expected, Text(time));
    }

    [Theory]
    [InlineData("1711846799999999999", EpochUnit.Nanoseconds, "2024-03-31T01:59:59.999999")]
    [InlineData("1711846800000", EpochUnit.Milliseconds, "2024-03-31T03:00:00")]
    [InlineData("1.7118468E12", EpochUnit.Milliseconds, "2024-03-31T03:00:00")]
    [InlineData("1711846800", EpochUnit.Seconds, "2024-03-31T03:00:00")]
    [InlineData("-1", EpochUnit.Seconds, "1970-01-01T00:59:59")]
    public void A_time_since_1970_is_read(string text, EpochUnit unit, string expected)
    {
        Assert.True(StampReader.TryReadEpoch(Encoding.UTF8.GetBytes(text), unit, Berlin(), out WallTime time));
        Assert.Equal(expected, Text(time));
    }

    [Theory]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("")]
    [InlineData("1e30")]
    [InlineData("abc")]
    public void What_is_no_time_is_not_read(string text)
    {
        Assert.False(StampReader.TryReadEpoch(Encoding.UTF8.GetBytes(text), EpochUnit.Seconds, Berlin(), out _));
        Assert.False(StampReader.TryReadEpoch(Encoding.UTF8.GetBytes(text), EpochUnit.Seconds, new ZoneClock(null), out _));
    }

    /// <summary>The rules of .NET are the oracle, at random times and around every change of the clocks.</summary>
    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Pacific/Apia")]
    [InlineData("UTC")]
    public void Local_times_are_those_of_the_zone(string name)
    {
        ZoneClock clock = new(TimeZoneChoice.Find(name));
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            long second = random.NextInt64(0, 2_500_000_000);
            Assert.True(clock.TryFromUnix(second * WallTime.MicrosPerSecond, out WallTime time));
            DateTime expected = TimeZoneInfo.ConvertTimeFromUtc(DateTime.UnixEpoch.AddSeconds(second), zone);
            Assert.Equal(expected.Ticks / 10, time.TotalMicros);
        }
    }

    [Fact]
    public void An_unknown_zone_is_not_found() => Assert.Null(TimeZoneChoice.Find("Europe/Atlantis"));

    private static string Read(string text, string zone, Unzoned unzoned)
    {
        Assert.True(StampReader.TryRead(Encoding.UTF8.GetBytes(text), unzoned, new ZoneClock(TimeZoneChoice.Find(zone)), out WallTime time));
        return Text(time);
    }

    private static ZoneClock Berlin() => new(TimeZoneChoice.Find("Europe/Berlin"));

    private static string Text(WallTime time)
    {
        byte[] text = new byte[WallTime.MaxBytes];
        return Encoding.UTF8.GetString(text, 0, time.Write(text));
    }
}
