namespace FastIngest.Json;

/// <summary>
/// Reads a JSON number as an exact count of micros (fixed point, 1e-6), rounded half to even. The range is ±9·10^12.
/// </summary>
public static class DecimalParser
{
    /// <summary>The largest accepted magnitude: 9·10^12, in micros.</summary>
    public const long MaxMicros = 9_000_000_000_000_000_000;

    private static readonly long[] PowersOfTen = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

    /// <summary>Reads a number; false when the text is not a JSON number or the number is out of range.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long micros)
    {
        // Sample: -123.45e6   sign, whole digits, fraction digits, exponent.
        micros = 0;
        int i = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        if (negative)
        {
            i = 1;
        }

        int wholeStart = i;
        long value = 0;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
        {
            value = unchecked((value * 10) + (text[i] - '0'));
        }

        int wholeDigits = i - wholeStart;
        if (wholeDigits == 0 || (wholeDigits > 1 && text[wholeStart] == '0'))
        {
            return false;
        }

        int fractionDigits = 0;
        if (i < text.Length && text[i] == '.')
        {
            int fractionStart = ++i;
            for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
            {
                value = unchecked((value * 10) + (text[i] - '0'));
            }

            fractionDigits = i - fractionStart;
            if (fractionDigits == 0)
            {
                return false;
            }
        }

        if (i == text.Length && wholeDigits <= 12 && fractionDigits <= 6)
        {
            // At most 18 digits: value * 10^(6 - fraction) stays below 10^18.
            value *= PowersOfTen[fractionDigits];
            micros = negative ? -value : value;
            return true;
        }

        return TryParseLong(text, wholeStart, wholeDigits, fractionDigits, i, negative, out micros);
    }

    private static bool TryParseLong(
        ReadOnlySpan<byte> text, int wholeStart, int wholeDigits, int fractionDigits, int i, bool negative, out long micros)
    {
        micros = 0;
        long exponent = 0;
        if (i < text.Length && !TryParseExponent(text[i..], out exponent))
        {
            return false;
        }

        // Digits before `cut` are whole micros; the digit at `cut` and those after it only affect rounding.
        // A value above a tenth of the limit cannot take another digit: multiplied by ten it could exceed 64 bits.
        int digits = wholeDigits + fractionDigits;
        long cut = wholeDigits + exponent + 6;
        ulong value = 0;
        for (int d = 0; d < digits && d < cut; d++)
        {
            if (value > MaxMicros / 10)
            {
                return false;
            }

            value = (value * 10) + Digit(text, wholeStart, wholeDigits, d);
        }

        for (long d = digits; d < cut && value != 0; d++)
        {
            if (value > MaxMicros / 10)
            {
                return false;
            }

            value *= 10;
        }

        if (cut >= 0 && cut < digits && RoundsUp(text, wholeStart, wholeDigits, (int)cut, digits, value))
        {
            value++;
        }

        if (value > MaxMicros)
        {
            return false;
        }

        micros = negative ? -(long)value : (long)value;
        return true;
    }

    private static bool RoundsUp(ReadOnlySpan<byte> text, int wholeStart, int wholeDigits, int cut, int digits, ulong value)
    {
        uint first = Digit(text, wholeStart, wholeDigits, cut);
        if (first != 5)
        {
            return first > 5;
        }

        for (int d = cut + 1; d < digits; d++)
        {
            if (Digit(text, wholeStart, wholeDigits, d) != 0)
            {
                return true;
            }
        }

        return (value & 1) != 0;
    }

    private static uint Digit(ReadOnlySpan<byte> text, int wholeStart, int wholeDigits, int index) =>
        (uint)(text[wholeStart + index + (index >= wholeDigits ? 1 : 0)] - '0');

    /// <summary>Reads an exponent such as <c>e+12</c>. It saturates at 4·10^9, which exceeds the number of digits in any text.</summary>
    private static bool TryParseExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        if (text[0] is not ((byte)'e' or (byte)'E'))
        {
            return false;
        }

        int i = 1;
        bool negative = text.Length > 1 && text[1] == '-';
        if (text.Length > 1 && text[1] is (byte)'-' or (byte)'+')
        {
            i = 2;
        }

        if (i == text.Length)
        {
            return false;
        }

        for (; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit > 9)
            {
                return false;
            }

            exponent = Math.Min((exponent * 10) + digit, 4_000_000_000);
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }
}
