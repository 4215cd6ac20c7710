using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Json;

/// <summary>
/// Writes micros as plain decimal text: <c>7</c>, <c>7.5</c>, <c>0.000001</c>. There are no trailing zeros, no exponent and
/// no rounding: the text is the exact number. Digits are written three at a time from a table.
/// </summary>
public static class DecimalText
{
    /// <summary>The required size of a destination in bytes: sign, 13 digits, point, 6 digits, and the rest of the last four-byte store.</summary>
    public const int MaxBytes = 24;

    private const uint Scale = 1_000_000;

    // Bits 0-23: three digits, the first in the lowest byte. Bits 24-27: digit count without leading zeros (1 for 0).
    // Bits 28-31: digit count without trailing zeros (0 for 0). No method that reads the table is ever inlined.
    private static readonly uint[] Triples = MakeTriples();

    /// <summary>Writes the text of <paramref name="micros"/> / 10^6 and returns its length in bytes.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes; bytes after the text may be overwritten.</param>
    /// <param name="micros">Any value.</param>
    public static int Write(Span<byte> destination, long micros)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxBytes);
        // SAFETY: the text has at most 21 bytes and every store of four bytes starts inside it, so all stores end within MaxBytes.
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

    /// <summary>Writes the sign and the whole digits of any number and returns their length in bytes.</summary>
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
