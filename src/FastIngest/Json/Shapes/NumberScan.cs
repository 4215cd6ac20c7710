using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastIngest.Json.Shapes;

/// <summary>
/// Reads JSON numbers where at least 32 readable bytes follow, eight digits at a time (SWAR: the bytes of one register).
/// </summary>
internal static class NumberScan
{
    private const ulong Zeros = 0x3030303030303030;

    private static ReadOnlySpan<uint> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>
    /// Reads <c>digits[.digits]</c> of at most 7 bytes. Their number is returned, 0 when it is anything else.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe int ReadPlain(byte* text, out long micros)
    {
        // SAFETY: 8 bytes are looked at, and 32 are readable by contract.
        // "68.4,\n  "   digits end at bit 16, the point; the point taken out, "684" ends at bit 24
        ulong word = Unsafe.ReadUnaligned<ulong>(text) ^ Zeros;
        ulong ends = NotDigits(word);
        int end = BitOperations.TrailingZeroCount(ends) & ~7;
        if ((uint)(end - 8) > 48 || ((byte)word == 0 && end > 8))
        {
            micros = 0;
            return 0;
        }

        uint behind = (byte)(word >> end);
        if (behind != ('.' ^ '0'))
        {
            micros = (long)DigitsOf(word, end) * 1_000_000;
            return IsExponent(behind) ? 0 : end >> 3;
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

    /// <summary>The length of a number as <see cref="ReadPlain"/> reads it, or 0.</summary>
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

        uint behind = (byte)(word >> end);
        if (behind == ('.' ^ '0'))
        {
            int point = end;
            end = BitOperations.TrailingZeroCount(ends & (ends - 1)) & ~7;
            if (end == point + 8 || end == 64)
            {
                return 0;
            }

            behind = (byte)(word >> end);
        }

        return IsExponent(behind) ? 0 : end >> 3;
    }

    /// <summary>
    /// Reads <c>-?digits[.digits]</c> with at most 7 digits before and 6 behind the point. The length of the text is
    /// returned, 0 when it is anything else: a longer number, one with an exponent, or none.
    /// </summary>
    // Not inlined: it is for the few that are not plain.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static unsafe int ReadShort(byte* text, out long micros)
    {
        // SAFETY: at most 1 + 7 + 1 + 8 bytes are looked at, and 32 are readable by contract.
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

    /// <summary>The length of the JSON number that the text starts with; 0 when it starts with none, or none that ends before the limit.</summary>
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

    /// <summary>The high bit of every byte that is above 9; never none, as far as the eighth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NotDigits(ulong word) => (((word & 0x7F7F7F7F7F7F7F7F) + 0x7676767676767676) | word) & 0x8080808080808080;

    /// <summary>The number made of the lowest bytes, 0 to 8 of them, the first the most significant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Digits(ulong word, int count) => count == 0 ? 0 : DigitsOf(word, count * 8);

    /// <summary>Whether a byte, after the exclusive or with '0', is an <c>e</c> or <c>E</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsExponent(uint b) => (b | 0x20) == ('e' ^ '0' | 0x20);

    /// <summary>The number made of the lowest bits, 8 to 64 of them, a digit a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DigitsOf(ulong word, int bits)
    {
        // Moves the digits to the top, so that zeros stand before them, then adds up neighbours: 8, 4, 2 at a time.
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
