using System.Globalization;

namespace FastIngest.Json;

/// <summary>The result of reading a date in any form.</summary>
public enum DateKind
{
    /// <summary>Not a date.</summary>
    None,

    /// <summary>A day, perhaps with a time.</summary>
    Day,

    /// <summary>A day whose order of day and month is unknown, such as <c>03/04/2024</c>.</summary>
    Ambiguous,
}

/// <summary>
/// Reads the forms of dates that <see cref="DateParser"/> does not read, as docs/reading.md defines them: a 12-hour clock, a
/// zone after a blank or with hours alone, and the time since 1970. The result is written in the form that the parser reads.
/// </summary>
public static class DateForms
{
    /// <summary>The required size of a destination in bytes: a day, a time with 9 digits of a fraction, and a zone.</summary>
    public const int MaxBytes = 48;

    private const int MaxFraction = 9;

    /// <summary>Reads a date.</summary>
    /// <param name="text">The text, which <see cref="DateParser.TryParseDay"/> does not accept.</param>
    /// <param name="iso">Receives the date in a form that it accepts; at least <see cref="MaxBytes"/> bytes.</param>
    /// <param name="length">The length of that form in bytes.</param>
    public static DateKind Read(ReadOnlySpan<byte> text, Span<byte> iso, out int length)
    {
        length = 0;
        if (text.Length >= 9 && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return ReadEpoch(text, iso, out length) ? DateKind.Day : DateKind.None;
        }

        if (text.Length > DateParser.DayBytes && DateParser.TryParseDay(text[..DateParser.DayBytes], out _))
        {
            text[..DateParser.DayBytes].CopyTo(iso);
            length = DateParser.DayBytes;
            return ReadTime(text[DateParser.DayBytes..], iso, ref length) ? DateKind.Day : DateKind.None;
        }

        return IsAmbiguous(text) ? DateKind.Ambiguous : DateKind.None;
    }

    /// <summary>Reads the time since 1970 in seconds, milliseconds, microseconds or nanoseconds; the number of digits decides.</summary>
    private static bool ReadEpoch(ReadOnlySpan<byte> digits, Span<byte> iso, out int length)
    {
        length = 0;
        ulong perSecond = digits.Length switch { 9 or 10 => 1, 12 or 13 => 1_000, 15 or 16 => 1_000_000, 18 or 19 => 1_000_000_000, _ => 0ul };
        if (perSecond == 0 || !ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            return false;
        }

        (ulong seconds, ulong fraction) = Math.DivRem(value, perSecond);
        DateTime time = DateTime.UnixEpoch.AddSeconds(seconds);
        bool isWritten = time.TryFormat(iso, out length, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        if (fraction > 0)
        {
            iso[length++] = (byte)'.';
            for (ulong unit = perSecond / 10; unit > 0; unit /= 10)
            {
                iso[length++] = (byte)('0' + (fraction / unit % 10));
            }
        }

        iso[length++] = (byte)'Z';
        return isWritten;
    }

    /// <summary>Reads the time after a day: a blank or T, the time, AM or PM, the zone.</summary>
    private static bool ReadTime(ReadOnlySpan<byte> text, Span<byte> iso, ref int length)
    {
        bool hasBlank = SkipBlank(ref text);
        if (!hasBlank && !Skip(ref text, (byte)'T'))
        {
            return false;
        }

        bool isShort = ReadDigits(ref text, 1, 2, out int hour) == 1;
        if (!Skip(ref text, (byte)':') || ReadDigits(ref text, 2, 2, out int minute) == 0 || minute > 59)
        {
            return false;
        }

        int second = 0;
        ReadOnlySpan<byte> fraction = [];
        if (Skip(ref text, (byte)':') && (ReadDigits(ref text, 2, 2, out second) == 0 || second > 60 || !ReadFraction(ref text, out fraction)))
        {
            return false;
        }

        if (ReadMeridiem(ref text) is { } afternoonHours)
        {
            if (!hasBlank || hour is < 1 or > 12)
            {
                return false;
            }

            hour = (hour % 12) + afternoonHours;
        }
        else if (isShort || hour > 23)
        {
            return false;
        }

        iso[length++] = (byte)' ';
        WriteTwo(iso, ref length, hour);
        iso[length++] = (byte)':';
        WriteTwo(iso, ref length, minute);
        iso[length++] = (byte)':';
        WriteTwo(iso, ref length, second);
        fraction = fraction[..Math.Min(fraction.Length, MaxFraction + 1)];
        fraction.CopyTo(iso[length..]);
        length += fraction.Length;
        return text.IsEmpty || ReadZone(text, iso, ref length);
    }

    /// <summary>Reads a point and digits, or nothing.</summary>
    private static bool ReadFraction(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> fraction)
    {
        fraction = [];
        if (text.IsEmpty || text[0] != '.')
        {
            return true;
        }

        int digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        digits = digits < 0 ? text.Length - 1 : digits;
        fraction = text[..(digits + 1)];
        text = text[(digits + 1)..];
        return digits > 0;
    }

    /// <summary>Reads a blank and AM or PM, in any case and with or without points; returns the hours to add, or null.</summary>
    private static int? ReadMeridiem(ref ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> rest = text;
        if (!SkipBlank(ref rest) || rest.Length < 2 || (rest[0] | 0x20) is not ('a' or 'p'))
        {
            return null;
        }

        int hours = (rest[0] | 0x20) == 'a' ? 0 : 12;
        bool hasPoints = rest[1] == '.';
        rest = rest[(hasPoints ? 2 : 1)..];
        if (rest.IsEmpty || (rest[0] | 0x20) != 'm' || (hasPoints && (rest.Length < 2 || rest[1] != '.')))
        {
            return null;
        }

        text = rest[(hasPoints ? 2 : 1)..];
        return hours;
    }

    /// <summary>Reads a zone, perhaps after a blank, to the end of the text.</summary>
    private static bool ReadZone(ReadOnlySpan<byte> text, Span<byte> iso, ref int length)
    {
        SkipBlank(ref text);
        if (text is [(byte)'Z'])
        {
            iso[length++] = (byte)'Z';
            return true;
        }

        if (text is not [(byte)'+' or (byte)'-', ..])
        {
            return false;
        }

        iso[length++] = text[0];
        text = text[1..];
        int minutes = 0;
        int digits = ReadDigits(ref text, 2, 4, out int hours);
        if (digits == 4)
        {
            (hours, minutes) = Math.DivRem(hours, 100);
        }
        else if (digits != 2 || (Skip(ref text, (byte)':') && ReadDigits(ref text, 2, 2, out minutes) == 0))
        {
            return false;
        }

        if (hours > 23 || minutes > 59)
        {
            return false;
        }

        WriteTwo(iso, ref length, hours);
        iso[length++] = (byte)':';
        WriteTwo(iso, ref length, minutes);
        return text.IsEmpty;
    }

    /// <summary>Whether a text begins with two numbers of one or two digits and a year of two or four, separated by one of <c>/ . -</c>.</summary>
    private static bool IsAmbiguous(ReadOnlySpan<byte> text)
    {
        if (ReadDigits(ref text, 1, 2, out _) == 0 || text.IsEmpty || text[0] is not ((byte)'/' or (byte)'.' or (byte)'-'))
        {
            return false;
        }

        byte separator = text[0];
        text = text[1..];
        if (ReadDigits(ref text, 1, 2, out _) == 0 || !Skip(ref text, separator))
        {
            return false;
        }

        return ReadDigits(ref text, 2, 4, out _) is 2 or 4 && (text.IsEmpty || text[0] is (byte)'T' or (byte)',' || SkipBlank(ref text));
    }

    /// <summary>Reads the digits at the start; returns how many there are, or 0 if they are fewer or more than allowed.</summary>
    private static int ReadDigits(ref ReadOnlySpan<byte> text, int min, int max, out int value)
    {
        value = 0;
        int count = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        count = count < 0 ? text.Length : count;
        if (count < min || count > max)
        {
            return 0;
        }

        foreach (byte digit in text[..count])
        {
            value = (value * 10) + digit - '0';
        }

        text = text[count..];
        return count;
    }

    private static bool Skip(ref ReadOnlySpan<byte> text, byte b)
    {
        bool isThere = !text.IsEmpty && text[0] == b;
        text = isThere ? text[1..] : text;
        return isThere;
    }

    /// <summary>Skips one space, U+00A0 (no-break space) or U+202F (narrow no-break space).</summary>
    private static bool SkipBlank(ref ReadOnlySpan<byte> text)
    {
        int length = text.StartsWith(" "u8) ? 1 : text.StartsWith("\u00A0"u8) ? 2 : text.StartsWith("\u202F"u8) ? 3 : 0;
        text = text[length..];
        return length > 0;
    }

    private static void WriteTwo(Span<byte> iso, ref int length, int value)
    {
        iso[length++] = (byte)('0' + (value / 10));
        iso[length++] = (byte)('0' + (value % 10));
    }
}
