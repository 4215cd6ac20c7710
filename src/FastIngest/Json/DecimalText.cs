using System.Buffers.Text;
using System.Diagnostics;

namespace FastIngest.Json;

/// <summary>
/// Millionths as plain decimal text: <c>7</c>, <c>7.5</c>, <c>0.000001</c>. No trailing zeros, no exponent, no
/// rounding: the text is exactly the number.
/// </summary>
public static class DecimalText
{
    /// <summary>Bytes that the longest text takes: sign, 13 digits, point, 6 digits.</summary>
    public const int MaxBytes = 21;

    private const ulong Scale = 1_000_000;

    /// <summary>Writes the text of <paramref name="millionths"/> / 10^6 and returns its length in bytes.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes.</param>
    /// <param name="millionths">Any value.</param>
    public static int Write(Span<byte> destination, long millionths)
    {
        Debug.Assert(destination.Length >= MaxBytes);
        int length = 0;
        ulong magnitude = (ulong)millionths;
        if (millionths < 0)
        {
            destination[length++] = (byte)'-';
            magnitude = 0 - magnitude;
        }

        (ulong whole, ulong fraction) = Math.DivRem(magnitude, Scale);
        if (whole < 10)
        {
            destination[length++] = (byte)('0' + whole);
        }
        else
        {
            Utf8Formatter.TryFormat(whole, destination[length..], out int wholeBytes);
            length += wholeBytes;
        }

        return fraction == 0 ? length : length + WriteFraction(destination[length..], (uint)fraction);
    }

    /// <summary>Writes <c>.</c> and the six digits of a fraction other than 0 without its trailing zeros.</summary>
    internal static int WriteFraction(Span<byte> destination, uint millionths)
    {
        Span<byte> text = destination[..7];
        text[0] = (byte)'.';
        int length = 7;
        bool trailing = true;
        for (int i = 6; i > 0; i--)
        {
            (millionths, uint digit) = Math.DivRem(millionths, 10);
            text[i] = (byte)('0' + digit);
            trailing &= digit == 0;
            length -= trailing ? 1 : 0;
        }

        return length;
    }
}
