using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json;

/// <summary>
/// Micros as plain decimal text: <c>7</c>, <c>7.5</c>, <c>0.000001</c>. No trailing zeros, no exponent, no
/// rounding: the text is exactly the number. Digits are written three at a time from a table.
/// </summary>
public static class DecimalText
{
    /// <summary>Bytes that a target must have: sign, 13 digits, point, 6 digits, and the rest of a word behind them.</summary>
    public const int MaxBytes = 24;

    private const uint Scale = 1_000_000;

    // Three digits in bits 0 to 23, the first lowest; in bits 24 to 27 how many are left without leading zeros, of 0 one,
    // and in bits 28 to 31 how many without trailing zeros, of 0 none. No method that reads it is ever inlined.
    private static readonly uint[] Triples = MakeTriples();

    /// <summary>Writes the text of <paramref name="micros"/> / 10^6 and returns its length in bytes.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes, some of which behind the text may change as well.</param>
    /// <param name="micros">Any value.</param>
    public static int Write(Span<byte> destination, long micros)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxBytes);
        // SAFETY: at most 21 bytes are text, and every store but the last begins a word of four among them: MaxBytes holds all.
        ref byte target = ref MemoryMarshal.GetReference(destination);
        int length;
        uint fraction;
        uint triple;
        if ((ulong)micros < 1000ul * Scale)
        {
            (uint whole, fraction) = Math.DivRem((uint)micros, Scale);
            triple = Triples[whole];
            length = (int)(triple >> 24) & 3;
            Unsafe.WriteUnaligned(ref target, triple >> (24 - (length * 8)));
        }
        else
        {
            length = WriteLong(ref target, micros, out fraction);
        }

        if (fraction == 0)
        {
            return length;
        }

        (uint first, uint last) = Math.DivRem(fraction, 1000u);
        triple = Triples[first];
        target = ref Unsafe.Add(ref target, length);
        target = (byte)'.';
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 1), triple);
        length += 1;
        if (last != 0)
        {
            triple = Triples[last];
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, 4), triple);
            length += 3;
        }

        return length + (int)(triple >> 28);
    }

    /// <summary>Writes sign and whole digits of any number; returns their length.</summary>
    private static int WriteLong(ref byte target, long micros, out uint fraction)
    {
        int sign = 0;
        ulong magnitude = (ulong)micros;
        if (micros < 0)
        {
            target = (byte)'-';
            sign = 1;
            magnitude = 0 - magnitude;
        }

        (ulong whole, ulong rest) = Math.DivRem(magnitude, Scale);
        fraction = (uint)rest;
        return sign + WriteWhole(ref Unsafe.Add(ref target, sign), whole);
    }

    private static int WriteWhole(ref byte target, ulong whole)
    {
        if (whole < 1000)
        {
            uint triple = Triples[whole];
            int digits = (int)(triple >> 24) & 3;
            Unsafe.WriteUnaligned(ref target, triple >> (24 - (digits * 8)));
            return digits;
        }

        (ulong before, ulong last) = Math.DivRem(whole, 1000ul);
        int length = WriteWhole(ref target, before);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, length), Triples[last]);
        return length + 3;
    }

    private static uint[] MakeTriples()
    {
        uint[] triples = new uint[1000];
        for (uint value = 0; value < 1000; value++)
        {
            uint digits = (value / 100) | (value / 10 % 10 << 8) | (value % 10 << 16);
            uint leading = value < 10 ? 1u : value < 100 ? 2u : 3u;
            uint trailing = value == 0 ? 0u : value % 100 == 0 ? 1u : value % 10 == 0 ? 2u : 3u;
            triples[value] = digits | 0x303030 | (leading << 24) | (trailing << 28);
        }

        return triples;
    }
}
