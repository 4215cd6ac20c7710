using System.Buffers.Text;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.Times;

/// <summary>The unit of a time since 1970.</summary>
public enum EpochUnit : long
{
    Seconds = 1_000_000_000,
    Milliseconds = 1_000_000,
    Microseconds = 1000,
    Nanoseconds = 1,
}

/// <summary>What a stamp without a zone means in a dialect.</summary>
public enum Unzoned
{
    /// <summary>It is the clock of the person.</summary>
    Local,

    /// <summary>It is in UTC.</summary>
    Utc,
}

/// <summary>
/// Reads the stamps of exports. A stamp with an offset is taken as written; a stamp with <c>Z</c> is in UTC, which
/// <see cref="ZoneClock"/> converts.
/// </summary>
public static class StampReader
{
    /// <summary>The length of <c>2024-01-31 12:34:56</c>.</summary>
    private const int SecondBytes = 19;

    /// <summary>
    /// Reads <c>2024-01-31</c>, <c>2024-01-31T07:05:09.5+01:00</c>, <c>2024-01-31 07:05:09 -0500</c>, <c>2024-01-31 7:05:09 PM +0100</c> and the
    /// other forms of <see cref="DateForms"/>, and times since 1970 written as digits.
    /// </summary>
    /// <param name="text">The stamp in UTF-8.</param>
    /// <param name="unzoned">What a stamp with a time and without a zone means.</param>
    /// <param name="clock">Converts stamps in UTC.</param>
    /// <param name="time">Receives the local time.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, Unzoned unzoned, ZoneClock clock, out WallTime time)
    {
        if (TryReadUsual(text, unzoned, clock, out time, out bool isRead))
        {
            return isRead;
        }

        if (DateParser.TryParseDay(text, out int day))
        {
            return TryRead(day, text[DateParser.DayBytes..], unzoned, clock, out time);
        }

        Span<byte> iso = stackalloc byte[DateForms.MaxBytes];
        return DateForms.Read(text, iso, out int length) == DateKind.Day && DateParser.TryParseDay(iso[..length], out day)
            && TryRead(day, iso[DateParser.DayBytes..length], unzoned, clock, out time);
    }

    /// <summary>Reads <c>MM/DD/YY HH:mm:ss</c> or <c>MM/DD/YYYY HH:mm:ss</c>; the time may be missing or have a fraction.</summary>
    /// <param name="text">The stamp in UTF-8.</param>
    /// <param name="unzoned">What the stamp means.</param>
    /// <param name="clock">Converts stamps in UTC.</param>
    /// <param name="time">Receives the local time.</param>
    public static bool TryReadMonthFirst(ReadOnlySpan<byte> text, Unzoned unzoned, ZoneClock clock, out WallTime time)
    {
        time = default;
        if (text.Length < 8 || text[2] != '/' || text[5] != '/')
        {
            return false;
        }

        int yearDigits = text.Length >= 10 && IsDigit(text[8]) && IsDigit(text[9]) ? 4 : 2;
        Span<byte> iso = stackalloc byte[DateForms.MaxBytes];
        "20"u8.CopyTo(iso);
        text.Slice(6, yearDigits).CopyTo(iso[(4 - yearDigits)..]);
        iso[4] = iso[7] = (byte)'-';
        text[..2].CopyTo(iso[5..]);
        text[3..5].CopyTo(iso[8..]);
        ReadOnlySpan<byte> rest = text[(6 + yearDigits)..];
        if (rest.Length > iso.Length - DateParser.DayBytes)
        {
            return false;
        }

        rest.CopyTo(iso[DateParser.DayBytes..]);
        return TryRead(iso[..(DateParser.DayBytes + rest.Length)], unzoned, clock, out time);
    }

    /// <summary>Reads a time since 1970, an integer or a decimal number.</summary>
    /// <param name="text">The number in UTF-8.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="clock">Converts it to local time.</param>
    /// <param name="time">Receives the local time.</param>
    public static bool TryReadEpoch(ReadOnlySpan<byte> text, EpochUnit unit, ZoneClock clock, out WallTime time)
    {
        time = default;
        if (Utf8Parser.TryParse(text, out long whole, out int read) && read == text.Length)
        {
            Int128 nanos = (Int128)whole * (long)unit;
            return nanos >= long.MinValue * (Int128)1000 && nanos <= long.MaxValue * (Int128)1000
                && clock.TryFromUnix(FloorDivide(nanos, 1000), out time);
        }

        // 1.6094592E12, as JavaScript and Jackson write doubles: exact in micros of the unit.
        return DecimalParser.TryParse(text, out long micros) && clock.TryFromUnix(FloorDivide((Int128)micros * (long)unit, 1_000_000_000), out time);
    }

    /// <summary>
    /// Reads the form of nearly all stamps, <c>2024-01-31 12:34:56</c> with a fraction and a zone or without, as the general way does. False
    /// for any other form.
    /// </summary>
    /// <param name="text">The stamp in UTF-8.</param>
    /// <param name="unzoned">What a stamp without a zone means.</param>
    /// <param name="clock">Converts stamps in UTC, and remembers the last day.</param>
    /// <param name="time">Receives the local time.</param>
    /// <param name="isRead">Whether the stamp, which has the form, is a time that can be converted.</param>
    private static bool TryReadUsual(ReadOnlySpan<byte> text, Unzoned unzoned, ZoneClock clock, out WallTime time, out bool isRead)
    {
        time = default;
        isRead = false;
        if (text.Length < SecondBytes || !DateParser.IsSecond(text[DateParser.DayBytes..SecondBytes]) || !clock.TryReadDay(text[..DateParser.DayBytes], out int day))
        {
            return false;
        }

        long micros = TimeOfDay.SecondOfDay(text[(DateParser.DayBytes + 1)..]) * WallTime.MicrosPerSecond;
        text = text[SecondBytes..];
        if (text is [(byte)'.', ..])
        {
            int digits = 1;
            for (long unit = WallTime.MicrosPerSecond / 10; digits < text.Length && IsDigit(text[digits]); digits++, unit /= 10)
            {
                micros += (text[digits] - '0') * unit;
            }

            if (digits == 1)
            {
                return false;
            }

            text = text[digits..];
        }

        bool isUtc = text.IsEmpty ? unzoned == Unzoned.Utc : text is [(byte)'Z'];
        if (!text.IsEmpty && !isUtc && !IsOffset(text is [(byte)' ', ..] ? text[1..] : text))
        {
            return false;
        }

        time = new WallTime(day, micros);
        isRead = !isUtc || clock.TryFromUtc(time, out time);
        return true;
    }

    /// <summary>Whether a text is <c>+0130</c> or <c>+01:30</c>.</summary>
    private static bool IsOffset(ReadOnlySpan<byte> text)
    {
        int minute = text.Length == 5 ? 3 : 4;
        return text.Length is 5 or 6 && text[0] is (byte)'+' or (byte)'-' && (minute == 3 || text[3] == ':')
            && IsDigit(text[1]) && IsDigit(text[2]) && ((text[1] - '0') * 10) + text[2] - '0' <= 23
            && text[minute] is >= (byte)'0' and <= (byte)'5' && IsDigit(text[minute + 1]);
    }

    private static bool TryRead(int day, ReadOnlySpan<byte> rest, Unzoned unzoned, ZoneClock clock, out WallTime time)
    {
        if (rest.IsEmpty)
        {
            time = new WallTime(day, 0, HasTime: false);
            return true;
        }

        time = new WallTime(day, TimeOfDay.Microseconds(rest));
        bool isUtc = rest[^1] == 'Z' || (unzoned == Unzoned.Utc && rest.IndexOfAny((byte)'+', (byte)'-') < 0);
        return !isUtc || clock.TryFromUtc(time, out time);
    }

    private static long FloorDivide(Int128 value, long divisor) => (long)((value - (((value % divisor) + divisor) % divisor)) / divisor);

    private static bool IsDigit(byte b) => (uint)(b - '0') <= 9;
}
