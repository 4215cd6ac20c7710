using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastIngest.Json.Shapes;

/// <summary>
/// Reads JSON numbers, eight digits at a time (SWAR: SIMD within a register). At least 32 bytes must be readable.
/// </summary>
internal static class NumberScan
{
    private const ulong Zeros = 0x3030303030303030;

    private static ReadOnlySpan<uint> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>
    /// Reads <c>digits[.digits]</c> of at most 7 bytes. Returns its length in bytes, or 0 for any other text.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe int ReadPlain(byte* text, out long micros)
    {
        // SAFETY: the method loads 8 bytes; 32 are readable by contract.
        // "68.4,\n  "   the whole digits end at bit 16, at the point; without the point, "684" ends at bit 24
        ulong word = Unsafe.ReadUnaligned<ulong>(text) ^ Zeros;
        ulong ends = NotDigits(word);
        int end = BitOperations.TrailingZeroCount(ends) & ~7;
        if ((uint)(end - 8) > 48 || ((byte)word == 0 && end > 8))
        {
            micros = 0;
            return 0;
        }

        uint next = (byte)(word >> end);
        if (next != ('.' ^ '0'))
        {
            micros = (long)DigitsOf(word, end) * 1_000_000;
            return IsExponent(next) ? 0 : end >> 3;
        }

        int fractionEnd = BitOperations.TrailingZeroCount(ends & (ends - 1)) & ~7;
        int fraction = fractionEnd - end - 8;
        if (fraction == 0 || fractionEnd == 64 || IsExponent((byte)(word >> fractionEnd)))
        {
            micros = 0;
            return 0;
        }

        ulong before = (1ul << end) - 1;
        ulong digits = (word & before) | ((word >> 8) & ~before);
        micros = (long)DigitsOf(digits, fractionEnd - 8) * PowersOfTen[6 - (fraction >> 3)];
        return fractionEnd >> 3;
    }

    /// <summary>The length in bytes of a number in the form that <see cref="ReadPlain"/> accepts, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe int PlainLength(byte* text)
    {
        // SAFETY: as above.
        ulong word = Unsafe.ReadUnaligned<ulong>(text) ^ Zeros;
        ulong ends = NotDigits(word);
        int end = BitOperations.TrailingZeroCount(ends) & ~7;
        if ((uint)(end - 8) > 48 || ((byte)word == 0 && end > 8))
        {
            return 0;
        }

        uint next = (byte)(word >> end);
        if (next == ('.' ^ '0'))
        {
            int point = end;
            end = BitOperations.TrailingZeroCount(ends & (ends - 1)) & ~7;
            if (end == point + 8 || end == 64)
            {
                return 0;
            }

            next = (byte)(word >> end);
        }

        return IsExponent(next) ? 0 : end >> 3;
    }

    /// <summary>
    /// Reads <c>-?digits[.digits]</c> with at most 7 digits before and 6 after the point. Returns the length in bytes, or 0
    /// for any other text, including longer numbers and numbers with an exponent.
    /// </summary>
    // Not inlined: few numbers are not plain.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static unsafe int ReadShort(byte* text, out long micros)
    {
        // SAFETY: the loads end at most at byte 1 + 7 + 1 + 8; 32 bytes are readable by contract.
        // "-64.25,\n  "   sign 1, whole "64", fraction "25"
        int sign = *text == '-' ? 1 : 0;
        ulong word = Unsafe.ReadUnaligned<ulong>(text + sign) ^ Zeros;
        int whole = BitOperations.TrailingZeroCount(NotDigits(word)) >> 3;
        micros = (long)Digits(word, whole) * 1_000_000;
        int length = sign + whole;
        byte next = text[length];
        if ((uint)(whole - 1) > 6 || (whole > 1 && (byte)word == 0))
        {
            return 0;
        }

        if (next == '.')
        {
            ulong fractionWord = Unsafe.ReadUnaligned<ulong>(text + length + 1) ^ Zeros;
            int fraction = BitOperations.TrailingZeroCount(NotDigits(fractionWord)) >> 3;
            if ((uint)(fraction - 1) > 5)
            {
                return 0;
            }

            micros += (long)Digits(fractionWord, fraction) * PowersOfTen[6 - fraction];
            length += fraction + 1;
            next = text[length];
        }

        if ((next | 0x20) == 'e')
        {
            return 0;
        }

        micros = sign != 0 ? -micros : micros;
        return length;
    }

    /// <summary>The length in bytes of the JSON number at the start of the text; 0 if there is none, or if it reaches the end of the text.</summary>
    public static int Length(ReadOnlySpan<byte> text)
    {
        int i = 0;
        if (i < text.Length && text[i] == '-')
        {
            i++;
        }

        int digits = CountDigits(text[i..]);
        if (digits == 0 || (digits > 1 && text[i] == '0'))
        {
            return 0;
        }

        i += digits;
        if (i < text.Length && text[i] == '.')
        {
            digits = CountDigits(text[(i + 1)..]);
            if (digits == 0)
            {
                return 0;
            }

            i += digits + 1;
        }

        if (i < text.Length && (text[i] | 0x20) == 'e')
        {
            i++;
            if (i < text.Length && text[i] is (byte)'+' or (byte)'-')
            {
                i++;
            }

            digits = CountDigits(text[i..]);
            if (digits == 0)
            {
                return 0;
            }

            i += digits;
        }

        return i < text.Length ? i : 0;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        int count = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return count < 0 ? text.Length : count;
    }

    /// <summary>Sets the high bit of every byte above 9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NotDigits(ulong word) => (((word & 0x7F7F7F7F7F7F7F7F) + 0x7676767676767676) | word) & 0x8080808080808080;

    /// <summary>
    /// The number formed by the lowest <paramref name="count"/> bytes (0 to 8), one digit per byte, the most significant
    /// digit lowest.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Digits(ulong word, int count) => count == 0 ? 0 : DigitsOf(word, count * 8);

    /// <summary>Whether a byte, after the exclusive or with '0', is an <c>e</c> or <c>E</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsExponent(uint b) => (b | 0x20) == ('e' ^ '0' | 0x20);

    /// <summary>As <see cref="Digits"/>, for the lowest <paramref name="bits"/> bits (8 to 64).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DigitsOf(ulong word, int bits)
    {
        // Shift the digits to the top, so that zeros precede them; then combine neighbours: 8 digits, 4 pairs, 2 quadruples.
        if (bits <= 32)
        {
            uint four = (uint)word << (32 - bits);
            four = (four * 10) + (four >> 8);
            return ((four & 0xFF) * 100) + ((four >> 16) & 0xFF);
        }

        word <<= 64 - bits;
        word = (word * 10) + (word >> 8);
        return (((word & 0x000000FF000000FF) * 0x000F424000000064) + (((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
    }
}
