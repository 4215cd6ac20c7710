using System.Buffers.Binary;

namespace FastIngest.Json;

/// <summary>Reads the time that follows a day accepted by <see cref="DateParser"/>.</summary>
public static class TimeOfDay
{
    private const int MicrosPerSecond = 1_000_000;
    private const int MicroDigits = 6;

    /// <summary>
    /// Returns the microseconds since midnight as written, without time zone conversion. Digits after the sixth are cut off.
    /// Second 60 returns the last microsecond of its minute, so that the time always belongs to its day.
    /// </summary>
    /// <param name="rest">A text that <see cref="DateParser.IsRest"/> accepts: empty, or <c>T12:34[:56[.789]][zone]</c>.</param>
    public static long Microseconds(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            return 0;
        }

        long minutes = (TwoDigits(rest, 1) * 60) + TwoDigits(rest, 4);
        if (rest.Length < 9 || rest[6] != ':')
        {
            return minutes * 60 * MicrosPerSecond;
        }

        int second = TwoDigits(rest, 7);
        int fraction = rest.Length > 9 && rest[9] == '.' ? Fraction(rest[10..]) : 0;
        return second < 60
            ? (((minutes * 60) + second) * MicrosPerSecond) + fraction
            : ((minutes + 1) * 60 * MicrosPerSecond) - 1;
    }

    /// <summary>Returns the seconds since midnight of <c>12:34:56</c>, 8 bytes that <see cref="DateParser"/> has checked.</summary>
    public static int SecondOfDay(ReadOnlySpan<byte> text)
    {
        // One byte a lane: lanes 0, 3 and 6 become the hour, the minute and the second.
        ulong digits = BinaryPrimitives.ReadUInt64LittleEndian(text) & 0x0F0F0F0F0F0F0F0F;
        ulong pairs = (digits * 10) + (digits >> 8);
        return ((int)(byte)pairs * 3600) + ((int)(byte)(pairs >> 24) * 60) + (byte)(pairs >> 48);
    }

    private static int Fraction(ReadOnlySpan<byte> digits)
    {
        int fraction = 0;
        for (int i = 0; i < MicroDigits; i++)
        {
            int digit = i < digits.Length ? digits[i] - '0' : -1;
            if ((uint)digit > 9)
            {
                digits = digits[..Math.Min(i, digits.Length)];
                digit = 0;
            }

            fraction = (fraction * 10) + digit;
        }

        return fraction;
    }

    private static int TwoDigits(ReadOnlySpan<byte> text, int index) => ((text[index] - '0') * 10) + text[index + 1] - '0';
}
