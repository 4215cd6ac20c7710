using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FastIngest.Json;

/// <summary>Writes and reads a calendar day as <c>YYYY-MM-DD</c>; the year always has four digits.</summary>
public static class DayText
{
    /// <summary>The length of a day in bytes, for every day from 0001-01-01 to 9999-12-31.</summary>
    public const int Bytes = 10;

    /// <summary>Writes a day.</summary>
    /// <param name="destination">At least <see cref="Bytes"/> bytes.</param>
    /// <param name="day">Days since 0001-01-01, as <see cref="DateOnly.DayNumber"/>.</param>
    public static void Write(Span<byte> destination, int day)
    {
        Debug.Assert(destination.Length >= Bytes);
        DateOnly.FromDayNumber(day).Deconstruct(out int year, out int month, out int dayOfMonth);
        (int century, int yearOfCentury) = Math.DivRem(year, 100);
        Span<byte> text = destination[..Bytes];
        WritePair(text, century);
        WritePair(text[2..], yearOfCentury);
        text[4] = (byte)'-';
        WritePair(text[5..], month);
        text[7] = (byte)'-';
        WritePair(text[8..], dayOfMonth);
    }

    /// <summary>Reads a day in the format of <see cref="Write"/>; false for any other text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out int day)
    {
        day = 0;
        if (text.Length != Bytes || text[4] != '-' || text[7] != '-'
            || !TryReadPair(text, out int century) || !TryReadPair(text[2..], out int yearOfCentury)
            || !TryReadPair(text[5..], out int month) || !TryReadPair(text[8..], out int dayOfMonth))
        {
            return false;
        }

        int year = (century * 100) + yearOfCentury;
        if (year == 0 || month is 0 or > 12 || dayOfMonth == 0 || dayOfMonth > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        day = new DateOnly(year, month, dayOfMonth).DayNumber;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePair(Span<byte> destination, int value)
    {
        (int tens, int ones) = Math.DivRem(value, 10);
        destination[1] = (byte)('0' + ones);
        destination[0] = (byte)('0' + tens);
    }

    private static bool TryReadPair(ReadOnlySpan<byte> text, out int value)
    {
        int tens = text[0] - '0';
        int ones = text[1] - '0';
        value = (tens * 10) + ones;
        return (uint)tens < 10 && (uint)ones < 10;
    }
}
