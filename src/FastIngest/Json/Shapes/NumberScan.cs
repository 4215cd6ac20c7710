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
    /// Reads <c>-?digits[.digits]</c> with at most 7 digits before and 6 behind the point. The length of the text is
    /// returned, 0 when it is anything else: a longer number, one with an exponent, or none.
    /// </summary>
    // Not inlined: within the reader's loop the compiler would keep the values of both in memory instead of registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int ReadShort(ref byte text, out long millionths)
    {
        // SAFETY: at most 1 + 7 + 1 + 8 bytes are looked at, and 32 are readable by contract.
        // "-64.25,\n  "   sign 1, whole "64", fraction "25"
        int sign = text == '-' ? 1 : 0;
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, sign)) ^ Zeros;
        int whole = BitOperations.TrailingZeroCount(NotDigits(word)) >> 3;
        millionths = (long)Digits(word, whole) * 1_000_000;
        int length = sign + whole;
        byte next = Unsafe.Add(ref text, length);
        if ((uint)(whole - 1) > 6 || (whole > 1 && (byte)word == 0))
        {
            return 0;
        }

        if (next == '.')
        {
            ulong fractionWord = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, length + 1)) ^ Zeros;
            int fraction = BitOperations.TrailingZeroCount(NotDigits(fractionWord)) >> 3;
            if ((uint)(fraction - 1) > 5)
            {
                return 0;
            }

            millionths += (long)Digits(fractionWord, fraction) * PowersOfTen[6 - fraction];
            length += fraction + 1;
            next = Unsafe.Add(ref text, length);
        }

        if ((next | 0x20) == 'e')
        {
            return 0;
        }

        millionths = sign != 0 ? -millionths : millionths;
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
    private static ulong Digits(ulong word, int count)
    {
        // Moves the digits to the top, so that zeros stand before them, then adds up neighbours: 8, 4, 2 at a time.
        word = count == 0 ? 0 : word << (64 - (count * 8));
        word = (word * 10) + (word >> 8);
        return (((word & 0x000000FF000000FF) * 0x000F424000000064) + (((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
    }
}
