using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Shuffle;

/// <summary>
/// Encodes up to twelve numbers in the shortest form that holds all of them. Most numbers have few digits and one or two
/// decimals; numbers of equal width are read and written without a branch per number.
/// <code>
/// head:    2 bytes: bits 0-3 form, bits 4-15 which numbers are present
/// numbers: form 0  2 bytes, tenths         form 1  2 bytes, hundredths
///          form 2  4 bytes, hundredths     form 3  4 bytes, micros       form 4  8 bytes, micros, signed
/// </code>
/// </summary>
internal static class NumberGroup
{
    public const int Size = 12;

    private const int ShortTenths = 0, ShortHundredths = 1, Hundredths = 2, Micros = 3;
    private const int LongMicros = 4;
    private const int HeadBytes = 2, FormBits = 4;
    private const int Tenth = 100_000, Hundredth = 10_000;

    /// <summary>Writes numbers and returns their encoded size in bytes: at most <see cref="HeadBytes"/> plus eight per number.</summary>
    /// <param name="target">Receives the encoded numbers.</param>
    /// <param name="numbers">The numbers in micros; 0 for a missing number.</param>
    /// <param name="present">Bit <c>1 &lt;&lt; i</c> is set when number <c>i</c> is present.</param>
    public static int Write(Span<byte> target, ReadOnlySpan<long> numbers, uint present)
    {
        int form = FormOf(numbers);
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)((uint)form | (present << FormBits)));
        Span<byte> values = target[HeadBytes..];
        switch (form)
        {
            case ShortTenths:
                Span<ushort> tenths = MemoryMarshal.Cast<byte, ushort>(values);
                for (int i = 0; i < numbers.Length; i++)
                {
                    tenths[i] = (ushort)InTenths(numbers[i]);
                }

                return HeadBytes + (numbers.Length * sizeof(ushort));
            case ShortHundredths:
                Span<ushort> hundredths = MemoryMarshal.Cast<byte, ushort>(values);
                for (int i = 0; i < numbers.Length; i++)
                {
                    hundredths[i] = (ushort)InHundredths(numbers[i]);
                }

                return HeadBytes + (numbers.Length * sizeof(ushort));
            case Hundredths or Micros:
                Span<uint> words = MemoryMarshal.Cast<byte, uint>(values);
                for (int i = 0; i < numbers.Length; i++)
                {
                    words[i] = (uint)(form == Hundredths ? InHundredths(numbers[i]) : (ulong)numbers[i]);
                }

                return HeadBytes + (numbers.Length * sizeof(uint));
            default:
                MemoryMarshal.AsBytes(numbers).CopyTo(values);
                return HeadBytes + (numbers.Length * sizeof(long));
        }
    }

    /// <summary>Returns the presence bits of a group.</summary>
    public static uint PresentIn(ReadOnlySpan<byte> source) => (uint)BinaryPrimitives.ReadUInt16LittleEndian(source) >> FormBits;

    /// <summary>Reads as many numbers as were written and returns their encoded size in bytes.</summary>
    /// <param name="source">The bytes, starting with the group.</param>
    /// <param name="numbers">The numbers in micros; 0 for a missing number.</param>
    /// <param name="present">The presence bits as written.</param>
    public static int Read(ReadOnlySpan<byte> source, scoped Span<long> numbers, out uint present)
    {
        uint head = BinaryPrimitives.ReadUInt16LittleEndian(source);
        int form = (int)(head & ((1 << FormBits) - 1));
        present = head >> FormBits;
        ReadOnlySpan<byte> values = source[HeadBytes..];
        switch (form)
        {
            case ShortTenths or ShortHundredths:
                long shortUnit = form == ShortTenths ? Tenth : Hundredth;
                ReadOnlySpan<ushort> shorts = MemoryMarshal.Cast<byte, ushort>(values)[..numbers.Length];
                for (int i = 0; i < shorts.Length; i++)
                {
                    numbers[i] = shorts[i] * shortUnit;
                }

                return HeadBytes + (numbers.Length * sizeof(ushort));
            case Hundredths or Micros:
                long unit = form == Hundredths ? Hundredth : 1;
                ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(values)[..numbers.Length];
                for (int i = 0; i < words.Length; i++)
                {
                    numbers[i] = words[i] * unit;
                }

                return HeadBytes + (numbers.Length * sizeof(uint));
            default:
                MemoryMarshal.Cast<byte, long>(values)[..numbers.Length].CopyTo(numbers);
                return HeadBytes + (numbers.Length * sizeof(long));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FormOf(ReadOnlySpan<long> numbers)
    {
        // The bounds are all-ones masks, so the union of the numbers exceeds a bound exactly if one of them does.
        ulong tenths = 0;
        foreach (long number in numbers)
        {
            tenths |= InTenths(number);
        }

        if (tenths <= ushort.MaxValue)
        {
            return ShortTenths;
        }

        ulong hundredths = 0;
        ulong micros = 0;
        foreach (long number in numbers)
        {
            hundredths |= InHundredths(number);
            micros |= (ulong)number;
        }

        return hundredths <= ushort.MaxValue ? ShortHundredths
            : hundredths <= uint.MaxValue ? Hundredths
            : micros <= uint.MaxValue ? Micros : LongMicros;
    }

    // Exact division by 100,000 = 2^5 * 3125: multiply by the inverse of 3125 modulo 2^64, then rotate by 5 bits. The result
    // is the quotient if the division has no remainder, and above ulong.MaxValue / 100,000 otherwise. 10,000 = 2^4 * 625 works alike.
    private static ulong InTenths(long micros) => BitOperations.RotateRight(unchecked((ulong)micros * 0x5D4E8FB00BCBE61D), 5);

    private static ulong InHundredths(long micros) => BitOperations.RotateRight(unchecked((ulong)micros * 0xD288CE703AFB7E91), 4);
}
