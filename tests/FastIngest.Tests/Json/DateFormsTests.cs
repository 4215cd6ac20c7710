using System.Text;
using FastIngest.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json;

/// <summary>The forms of dates beyond those of <see cref="DateParser"/>, many of them from public reports of failed imports.</summary>
public sealed class DateFormsTests
{
    [Theory]
    [InlineData("2024-09-21 7:57:00 am +1000", "2024-09-21 07:57:00+10:00")]
    [InlineData("2024-09-21 11:57:00\u202FPM", "2024-09-21 23:57:00")]
    [InlineData("2024-09-21 07:57:00 +1000", "2024-09-21 07:57:00+10:00")]
    [InlineData("2024-09-28 4:51:59 pm +1000", "2024-09-28 16:51:59+10:00")] // joeecarter/health-import-server, issue 5
    [InlineData("2024-02-06 20:00:00 -0800", "2024-02-06 20:00:00-08:00")] // Lybron/health-auto-export, issue 72
    [InlineData("2024-02-06T20:00:00-08", "2024-02-06 20:00:00-08:00")]
    [InlineData("2024-02-06 20:00 Z", "2024-02-06 20:00:00Z")]
    [InlineData("2024-02-06\u00A012:00\u00A0a.m.", "2024-02-06 00:00:00")]
    [InlineData("2024-02-06 12:00:00.250 P.M.", "2024-02-06 12:00:00.250")]
    [InlineData("1704153600", "2024-01-02 00:00:00Z")]
    [InlineData("1704153600000", "2024-01-02 00:00:00Z")]
    [InlineData("999999999", "2001-09-09 01:46:39Z")]
    [InlineData("1704239999999999", "2024-01-02 23:59:59.999999Z")] // Netflix/atlas, pull request 1673: micros as well as millis
    [InlineData("1784694237438743460", "2026-07-22 04:23:57.438743460Z")] // slaveofcode/goodwebtools, pull request 43
    [InlineData("9999999999999999999", "2286-11-20 17:46:39.999999999Z")]
    public void A_date_is_written_as_the_parser_reads_it(string text, string expected)
    {
        using GuardedMemory memory = new(128);
        byte[] iso = new byte[DateForms.MaxBytes];
        Assert.Equal(DateKind.Day, DateForms.Read(memory.AtEnd(text.Bytes()), iso, out int length));
        Assert.Equal(expected, Encoding.UTF8.GetString(iso.AsSpan(0, length)));
        Assert.True(DateParser.TryParseDay(iso.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("03/04/2024")]
    [InlineData("01/02/24 07:00:05")] // Fitbit Takeout
    [InlineData("5/26/2020")] // BlythMeister/Fitbit-Overview-Face, issue 34
    [InlineData("13.04.2024")]
    [InlineData("1-2-24")]
    [InlineData("3/10/20, 7:59 AM")]
    public void The_order_of_day_and_month_may_be_unknown(string text) =>
        Assert.Equal(DateKind.Ambiguous, DateForms.Read(text.Bytes(), new byte[DateForms.MaxBytes], out _));

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("20240101")]
    [InlineData("20240102070005")]
    [InlineData("-1704153600")]
    [InlineData("17041536001")]
    [InlineData("17041536000000000000")]
    [InlineData("2024-02-30 7:00 AM")]
    [InlineData("2024-02-06 13:00 AM")]
    [InlineData("2024-02-06 0:30 PM")]
    [InlineData("2024-02-06 7:00AM")]
    [InlineData("2024-02-06T7:00 AM")]
    [InlineData("2024-02-06 7:00")]
    [InlineData("2024-02-06 7:00 XM")]
    [InlineData("2024-02-06 7:00 A.M")]
    [InlineData("2024-02-06 20:00:00 +100")]
    [InlineData("2024-02-06 20:00:00 +2400")]
    [InlineData("2024-02-06 20:00:00 +10:60")]
    [InlineData("2024-02-06 20:00:00  +1000")]
    [InlineData("2024-02-06 20:00:00. Z")]
    [InlineData("2024-02-06 Z")]
    [InlineData("03/04")]
    [InlineData("03/04-2024")]
    [InlineData("03/04/024")]
    [InlineData("2024/03/04")]
    public void Any_other_text_is_no_date(string text) =>
        Assert.Equal(DateKind.None, DateForms.Read(text.Bytes(), new byte[DateForms.MaxBytes], out _));
}
