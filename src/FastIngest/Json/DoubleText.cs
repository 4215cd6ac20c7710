using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace FastIngest.Json;

/// <summary>
/// Writes a double as a JSON number, byte for byte like Python's <c>repr</c> and <c>json.dumps</c>: the shortest digits
/// that parse to the same double, always with a point or an exponent (<c>50.0</c>). A number below 10^-4 or at least
/// 10^16 has an exponent of at least two digits (<c>1e-05</c>, <c>1.5e+16</c>).
/// </summary>
public static class DoubleText
{
    /// <summary>The length in bytes of the longest text, <c>-1.2345678901234567e-300</c>.</summary>
    public const int MaxBytes = 24;

    private const int DigitsMax = 17;

    /// <summary>The range of micros (half open) whose text has no exponent and at most 15 digits.</summary>
    private const long ShortStart = 100, ShortEnd = 1_000_000_000_000_000;

    /// <summary>Writes the text of <paramref name="value"/> and returns its length in bytes.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes.</param>
    /// <param name="value">A finite number; JSON has no infinity and no NaN.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is infinite or not a number.</exception>
    public static int Write(Span<byte> destination, double value)
    {
        Debug.Assert(destination.Length >= MaxBytes);

        // Two different decimals of at most 15 digits never share a nearest double. So if `value` is the double nearest to
        // k/10^6 and k has at most 15 digits, then k is the shortest text. Below 100 micros the text has an exponent, and
        // -0.0 has a sign that k cannot carry.
        double micros = Math.Round(value * 1e6);
        double magnitude = Math.Abs(micros);
        if (magnitude is >= ShortStart and < ShortEnd && micros / 1e6 == value)
        {
            return WriteShort(destination, (long)micros);
        }

        if (Math.Abs(value) < 1e15 && Math.Truncate(value) == value && !(value == 0 && double.IsNegative(value)))
        {
            Utf8Formatter.TryFormat((long)value, destination, out int length);
            return EndWhole(destination, length);
        }

        return WriteShortest(destination, value);
    }

    /// <summary>Writes the text of the double nearest to <paramref name="micros"/> / 10^6 and returns its length.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes.</param>
    /// <param name="micros">Any value.</param>
    public static int WriteMicros(Span<byte> destination, long micros) =>
        micros is (> -ShortEnd and <= -ShortStart) or 0 or (>= ShortStart and < ShortEnd)
            ? WriteShort(destination, micros)
            : Write(destination, ExactDouble.FromMicros(micros));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteShort(Span<byte> destination, long micros)
    {
        int length = DecimalText.Write(destination, micros);
        return micros % 1_000_000 == 0 ? EndWhole(destination, length) : length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EndWhole(Span<byte> destination, int length)
    {
        destination[length] = (byte)'.';
        destination[length + 1] = (byte)'0';
        return length + 2;
    }

    /// <summary>Takes digits and exponent from the runtime's shortest form and formats them like Python.</summary>
    private static int WriteShortest(Span<byte> destination, double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "JSON can represent finite numbers only.");
        }

        // "R" with an exponent is d[.ddd]E±dd; "E16" would round to 17 digits, so the digits come from "R".
        Span<byte> shortest = stackalloc byte[32];
        value.TryFormat(shortest, out int bytes, "R", CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> text = shortest[..bytes];

        int length = 0;
        if (text[0] == '-')
        {
            destination[length++] = (byte)'-';
            text = text[1..];
        }

        int exponent = 0;
        int mark = text.IndexOf((byte)'E');
        if (mark >= 0)
        {
            exponent = int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..mark];
        }

        int point = text.IndexOf((byte)'.');
        exponent += (point < 0 ? text.Length : point) - 1;

        Span<byte> digits = stackalloc byte[shortest.Length];
        int digitCount = 0;
        foreach (byte b in text)
        {
            if (b != '.')
            {
                digits[digitCount++] = b;
            }
        }

        int leading = digits[..digitCount].IndexOfAnyExcept((byte)'0');
        if (leading < 0)
        {
            "0.0"u8.CopyTo(destination[length..]);
            return length + 3;
        }

        ReadOnlySpan<byte> significant = digits[leading..digitCount].TrimEnd((byte)'0');
        Debug.Assert(significant.Length <= DigitsMax);
        return length + Format(destination[length..], significant, exponent - leading);
    }

    /// <summary>Writes digits d₀d₁d₂… as the number d₀.d₁d₂… × 10^<paramref name="exponent"/>.</summary>
    private static int Format(Span<byte> destination, ReadOnlySpan<byte> digits, int exponent)
    {
        if (exponent is < -4 or >= 16)
        {
            return FormatWithExponent(destination, digits, exponent);
        }

        if (exponent < 0)
        {
            // 0.000ddd
            int zeros = -exponent - 1;
            "0."u8.CopyTo(destination);
            destination.Slice(2, zeros).Fill((byte)'0');
            digits.CopyTo(destination[(2 + zeros)..]);
            return 2 + zeros + digits.Length;
        }

        int wholeDigits = exponent + 1;
        if (digits.Length <= wholeDigits)
        {
            // ddd000.0
            digits.CopyTo(destination);
            destination[digits.Length..wholeDigits].Fill((byte)'0');
            return EndWhole(destination, wholeDigits);
        }

        // dd.ddd
        digits[..wholeDigits].CopyTo(destination);
        destination[wholeDigits] = (byte)'.';
        digits[wholeDigits..].CopyTo(destination[(wholeDigits + 1)..]);
        return digits.Length + 1;
    }

    private static int FormatWithExponent(Span<byte> destination, ReadOnlySpan<byte> digits, int exponent)
    {
        int length = 0;
        destination[length++] = digits[0];
        if (digits.Length > 1)
        {
            destination[length++] = (byte)'.';
            digits[1..].CopyTo(destination[length..]);
            length += digits.Length - 1;
        }

        destination[length++] = (byte)'e';
        destination[length++] = exponent < 0 ? (byte)'-' : (byte)'+';
        Utf8Formatter.TryFormat(Math.Abs(exponent), destination[length..], out int exponentBytes, new('D', 2));
        return length + exponentBytes;
    }
}
