using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FastIngest.Json;

/// <summary>Reads the calendar day of a date or a timestamp as written, without time zone conversion.</summary>
public static class DateParser
{
    /// <summary>The length of a day as text, in bytes.</summary>
    public const int DayBytes = 10;

    private static ReadOnlySpan<short> DaysBeforeMonth => [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

    /// <summary>
    /// Reads <c>YYYY-MM-DD</c>, optionally followed by <c>T</c> or a blank and
    /// <c>HH:MM[:SS[.fraction]][Z|±HH[:]MM]</c>. False for any other text. The day is days since 0001-01-01.
    /// </summary>
    public static bool TryParseDay(ReadOnlySpan<byte> text, out int day)
    {
        day = 0;
        if (text.Length < DayBytes)
        {
            return false;
        }

        // "2024-01-31", one byte per lane. The exclusive or maps digits to 0..9 and dashes to 0; any other byte sets a high bit.
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(text) ^ 0x2D30302D30303030;
        uint last = (uint)BinaryPrimitives.ReadUInt16LittleEndian(text[8..]) ^ 0x3030;
        if (((((word & 0x7F7F7F7F7F7F7F7F) + 0x7F76767F76767676) | word) & 0x8080808080808080) != 0
            || ((((last & 0x7F7F) + 0x7676) | last) & 0x8080) != 0)
        {
            return false;
        }

        // Combine neighbouring digits: lanes 0, 2 and 5 then hold the century, the year in the century and the month.
        ulong pairs = (word * 10) + (word >> 8);
        int century = (int)(byte)pairs;
        int yearOfCentury = (int)(byte)(pairs >> 16);
        int month = (int)(byte)(pairs >> 40);
        int dayOfMonth = (int)(((last & 0xFF) * 10) + (last >> 8));
        int year = (century * 100) + yearOfCentury;
        if (year == 0 || month is 0 or > 12 || dayOfMonth == 0)
        {
            return false;
        }

        bool leap = (year & 3) == 0 && (yearOfCentury != 0 || (year & 15) == 0);
        int monthDays = DaysBeforeMonth[month] - DaysBeforeMonth[month - 1] + (leap && month == 2 ? 1 : 0);
        if (dayOfMonth > monthDays)
        {
            return false;
        }

        int before = year - 1;
        day = (before * 365) + (before / 4) - (before / 100) + (before / 400)
            + DaysBeforeMonth[month - 1] + (leap && month > 2 ? 1 : 0) + dayOfMonth - 1;
        return IsRest(text[DayBytes..]);
    }

    /// <summary>Whether a text is valid after the <see cref="DayBytes"/> bytes of a day: it must be empty or a time.</summary>
    public static bool IsRest(ReadOnlySpan<byte> text)
    {
        if (text.Length == 9 && IsSecond(text))
        {
            return true;
        }

        return text.IsEmpty || (text[0] is (byte)'T' or (byte)' ' && IsTime(text[1..]));
    }

    /// <summary>Whether 9 bytes are a blank or <c>T</c>, then <c>HH:MM:SS</c>. False for second 60, which <see cref="IsRest"/> accepts.</summary>
    // SAFETY: the caller guarantees 9 readable bytes at `text`.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe bool IsSecond(byte* text) => IsSecond(*text, Unsafe.ReadUnaligned<ulong>(text + 1));

    /// <summary>As above, for the first 9 bytes of a text.</summary>
    internal static bool IsSecond(ReadOnlySpan<byte> text) => IsSecond(text[0], BinaryPrimitives.ReadUInt64LittleEndian(text[1..]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSecond(byte separator, ulong time)
    {
        // "12:34:56", one byte per lane. The exclusive or maps digits to 0..9 and colons to 0. A time above 29:59:59, or any
        // other byte, sets a high bit. The hours are then checked against 24.
        ulong word = time ^ 0x30303A30303A3030;
        uint hour = (((uint)word & 0xF) << 4) | (((uint)word >> 8) & 0xF);
        return separator is (byte)' ' or (byte)'T'
            && ((((word & 0x7F7F7F7F7F7F7F7F) + 0x767A7F767A7F767D) | word) & 0x8080808080808080) == 0 && hour < 0x24;
    }

    private static bool IsTime(ReadOnlySpan<byte> text)
    {
        if (text.Length < 5 || text[2] != ':' || !TwoDigits(text, 0, 23, out _) || !TwoDigits(text, 3, 59, out _))
        {
            return false;
        }

        int i = 5;
        if (i < text.Length && text[i] == ':')
        {
            if (text.Length < 8 || !TwoDigits(text, 6, 60, out _))
            {
                return false;
            }

            i = 8;
            if (i < text.Length && text[i] == '.')
            {
                int start = ++i;
                while (i < text.Length && (uint)(text[i] - '0') <= 9)
                {
                    i++;
                }

                if (i == start)
                {
                    return false;
                }
            }
        }

        return i == text.Length || IsZone(text[i..]);
    }

    private static bool IsZone(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'Z'] => true,
        [(byte)'+' or (byte)'-', _, _, _, _] => TwoDigits(text, 1, 23, out _) && TwoDigits(text, 3, 59, out _),
        [(byte)'+' or (byte)'-', _, _, (byte)':', _, _] => TwoDigits(text, 1, 23, out _) && TwoDigits(text, 4, 59, out _),
        _ => false,
    };

    private static bool TwoDigits(ReadOnlySpan<byte> text, int index, int max, out int value)
    {
        uint tens = (uint)(text[index] - '0');
        uint ones = (uint)(text[index + 1] - '0');
        value = (int)((tens * 10) + ones);
        return tens <= 9 && ones <= 9 && value <= max;
    }
}
