using System.Globalization;
using FastIngest.Json;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Json;

public sealed class DateParserTests
{
    [Fact]
    public void Every_day_from_year_1_to_9999_agrees_with_DateOnly()
    {
        using GuardedMemory memory = new(16);
        Span<byte> text = memory.AtEnd("0000-00-00"u8);
        for (DateOnly date = DateOnly.MinValue; ; date = date.AddDays(1))
        {
            Assert.True(date.TryFormat(text, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture));
            if (!DateParser.TryParseDay(text, out int day) || day != date.DayNumber)
            {
                Assert.Fail($"{date:yyyy-MM-dd} is {date.DayNumber}, not {day}");
            }

            if (date == DateOnly.MaxValue)
            {
                return;
            }
        }
    }

    [Fact]
    public void Other_texts_of_ten_digits_and_dashes_are_not_days()
    {
        int days = 0;
        for (int year = 0; year <= 9999; year++)
        {
            for (int month = 0; month <= 13; month++)
            {
                foreach (int dayOfMonth in (int[])[0, 28, 29, 30, 31, 32])
                {
                    bool real = year > 0 && month is >= 1 and <= 12 && dayOfMonth >= 1 && dayOfMonth <= DateTime.DaysInMonth(year, month);
                    string text = $"{year:D4}-{month:D2}-{dayOfMonth:D2}";
                    if (DateParser.TryParseDay(text.Bytes(), out _) != real)
                    {
                        Assert.Fail(text);
                    }

                    days += real ? 1 : 0;
                }
            }
        }

        Assert.InRange(days, 400_000, 500_000);
    }

    [Theory]
    [InlineData("2024-02-29")]
    [InlineData("2024-02-29T00:00")]
    [InlineData("2024-02-29 23:59")]
    [InlineData("2024-02-29T23:59:60")]
    [InlineData("2024-02-29T23:59:59.0")]
    [InlineData("2024-02-29T23:59:59.123456789012345678901234567890")]
    [InlineData("2024-02-29T23:59Z")]
    [InlineData("2024-02-29T23:59:00Z")]
    [InlineData("2024-02-29 23:59:00.5+00:00")]
    [InlineData("2024-02-29T23:59:00-2359")]
    [InlineData("2024-02-29T23:59+23:59")]
    public void A_timestamp_belongs_to_its_day_as_written(string text)
    {
        using GuardedMemory memory = new(128);
        Assert.True(DateParser.TryParseDay(memory.AtEnd(text.Bytes()), out int day));
        Assert.Equal(new DateOnly(2024, 2, 29).DayNumber, day);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024-02-2")]
    [InlineData("2024-2-29")]
    [InlineData("20240229")]
    [InlineData("2024/02/29")]
    [InlineData("2024-02/29")]
    [InlineData("2024-02-29T")]
    [InlineData("2024-02-29 ")]
    [InlineData("2024-02-29X12:00")]
    [InlineData("2024-02-29t12:00")]
    [InlineData("2024-02-29  12:00")]
    [InlineData("2024-02-29T1:00")]
    [InlineData("2024-02-29T12")]
    [InlineData("2024-02-29T12:0")]
    [InlineData("2024-02-29T12.00")]
    [InlineData("2024-02-29T24:00")]
    [InlineData("2024-02-29T12:60")]
    [InlineData("2024-02-29T12:00:")]
    [InlineData("2024-02-29T12:00:0")]
    [InlineData("2024-02-29T12:00:61")]
    [InlineData("2024-02-29T12:00:00.")]
    [InlineData("2024-02-29T12:00:00.Z")]
    [InlineData("2024-02-29T12:00:00,5")]
    [InlineData("2024-02-29T12:00.5")]
    [InlineData("2024-02-29T12:00z")]
    [InlineData("2024-02-29T12:00ZZ")]
    [InlineData("2024-02-29T12:00 Z")]
    [InlineData("2024-02-29T12:00+01")]
    [InlineData("2024-02-29T12:00+1:00")]
    [InlineData("2024-02-29T12:00+24:00")]
    [InlineData("2024-02-29T12:00+01:60")]
    [InlineData("2024-02-29T12:00+01-00")]
    [InlineData("2024-02-29T12:00+01:000")]
    [InlineData("2024-02-29T12:00:00+01:00 ")]
    [InlineData(" 2024-02-29")]
    [InlineData("-024-02-29")]
    [InlineData("202:-02-29")]
    [InlineData("202/-02-29")]
    [InlineData("２０２4-02-29")]
    [InlineData("2024-02-29Z")]
    public void Any_other_text_is_not_a_day(string text)
    {
        using GuardedMemory memory = new(128);
        Assert.False(DateParser.TryParseDay(memory.AtEnd(text.Bytes()), out _));
    }
}
