using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastIngest.Json.Shapes;

/// <summary>
/// What the shape-learned reader and the structure cursor need of a vector unit. Each call looks at 64 bytes, whatever
/// the width, so the algorithms above are one and the same. Bit i of a mask stands for byte i.
/// </summary>
// SAFETY: the callers, ShapeReader and StructureCursor alone, pass pointers with 64 readable bytes behind them; nothing is written.
internal unsafe interface ILanes
{
    static abstract string Name { get; }

    /// <summary>Whether two stretches of 64 bytes are equal in the bytes of a mask, which has its lowest bits set.</summary>
    static abstract bool Matches(byte* left, byte* right, ulong mask);

    /// <summary>
    /// Which of 64 bytes a plain string does not hold: quote, backslash, control bytes, and bytes from 0x80 on.
    /// </summary>
    static abstract ulong StringStopMask(byte* text);

    /// <summary>What each of 64 bytes may be in JSON.</summary>
    static abstract JsonMasks Classify(byte* text);
}

/// <summary>Which of 64 bytes are what, in or out of strings.</summary>
internal struct JsonMasks
{
    public ulong Backslash;
    public ulong Quote;

    /// <summary>Brackets and braces, colons and commas.</summary>
    public ulong Operator;

    public ulong Blank;

    /// <summary>Below 0x20.</summary>
    public ulong Control;
}

/// <summary>64 bytes at a time.</summary>
internal readonly unsafe struct Lanes512 : ILanes
{
    public static string Name => "AVX-512";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Matches(byte* left, byte* right, ulong mask) =>
        (~Vector512.Equals(Vector512.Load(left), Vector512.Load(right)).ExtractMostSignificantBits() & mask) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StringStopMask(byte* text)
    {
        Vector512<byte> v = Vector512.Load(text);
        return (Vector512.Equals(v, Vector512.Create((byte)'"'))
            | Vector512.Equals(v, Vector512.Create((byte)'\\'))
            | Vector512.LessThan(v.AsSByte(), Vector512.Create((sbyte)0x20)).AsByte()).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static JsonMasks Classify(byte* text)
    {
        Vector512<byte> v = Vector512.Load(text);
        Vector512<byte> folded = v | Vector512.Create((byte)0x20);
        return new JsonMasks
        {
            Backslash = Vector512.Equals(v, Vector512.Create((byte)'\\')).ExtractMostSignificantBits(),
            Quote = Vector512.Equals(v, Vector512.Create((byte)'"')).ExtractMostSignificantBits(),
            Operator = (Vector512.Equals(folded, Vector512.Create((byte)'{')) | Vector512.Equals(folded, Vector512.Create((byte)'}'))
                | Vector512.Equals(v, Vector512.Create((byte)':')) | Vector512.Equals(v, Vector512.Create((byte)','))).ExtractMostSignificantBits(),
            Blank = Vector512.Equals(v, Vector512.Create((byte)' ')).ExtractMostSignificantBits(),
            Control = Vector512.Equals(Vector512.Min(v, Vector512.Create((byte)0x1F)), v).ExtractMostSignificantBits(),
        };
    }
}

/// <summary>32 bytes at a time; the second half is looked at only when the first does not decide.</summary>
internal readonly unsafe struct Lanes256 : ILanes
{
    public static string Name => "AVX2";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Matches(byte* left, byte* right, ulong mask) =>
        (Differences(left, right) & (uint)mask) == 0
        && (mask <= uint.MaxValue
            || (Differences(left + 32, right + 32) & (uint)(mask >> 32)) == 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StringStopMask(byte* text)
    {
        uint low = Stops(text);
        return low != 0 ? low : (ulong)Stops(text + 32) << 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Differences(byte* left, byte* right) =>
        ~Vector256.Equals(Vector256.Load(left), Vector256.Load(right)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Stops(byte* text)
    {
        Vector256<byte> v = Vector256.Load(text);
        return (Vector256.Equals(v, Vector256.Create((byte)'"'))
            | Vector256.Equals(v, Vector256.Create((byte)'\\'))
            | Vector256.LessThan(v.AsSByte(), Vector256.Create((sbyte)0x20)).AsByte()).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static JsonMasks Classify(byte* text)
    {
        Vector256<byte> low = Vector256.Load(text);
        Vector256<byte> high = Vector256.Load(text + 32);
        return new JsonMasks
        {
            Backslash = Mask(Vector256.Equals(low, Vector256.Create((byte)'\\')), Vector256.Equals(high, Vector256.Create((byte)'\\'))),
            Quote = Mask(Vector256.Equals(low, Vector256.Create((byte)'"')), Vector256.Equals(high, Vector256.Create((byte)'"'))),
            Operator = Mask(Operators(low), Operators(high)),
            Blank = Mask(Vector256.Equals(low, Vector256.Create((byte)' ')), Vector256.Equals(high, Vector256.Create((byte)' '))),
            Control = Mask(
                Vector256.Equals(Vector256.Min(low, Vector256.Create((byte)0x1F)), low),
                Vector256.Equals(Vector256.Min(high, Vector256.Create((byte)0x1F)), high)),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Operators(Vector256<byte> v)
    {
        Vector256<byte> folded = v | Vector256.Create((byte)0x20);
        return Vector256.Equals(folded, Vector256.Create((byte)'{')) | Vector256.Equals(folded, Vector256.Create((byte)'}'))
            | Vector256.Equals(v, Vector256.Create((byte)':')) | Vector256.Equals(v, Vector256.Create((byte)','));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector256<byte> low, Vector256<byte> high) =>
        low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 32);
}

/// <summary>16 bytes at a time.</summary>
internal readonly unsafe struct Lanes128 : ILanes
{
    public static string Name => "128-bit";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Matches(byte* left, byte* right, ulong mask)
    {
        for (int i = 0; mask != 0; i += 16, mask >>= 16)
        {
            uint equal = Vector128.Equals(Vector128.Load(left + i), Vector128.Load(right + i))
                .ExtractMostSignificantBits();
            if ((~equal & (uint)mask & 0xFFFF) != 0)
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StringStopMask(byte* text)
    {
        for (int i = 0; i < 64; i += 16)
        {
            Vector128<byte> v = Vector128.Load(text + i);
            uint stops = (Vector128.Equals(v, Vector128.Create((byte)'"'))
                | Vector128.Equals(v, Vector128.Create((byte)'\\'))
                | Vector128.LessThan(v.AsSByte(), Vector128.Create((sbyte)0x20)).AsByte()).ExtractMostSignificantBits();
            if (stops != 0)
            {
                return (ulong)stops << i;
            }
        }

        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static JsonMasks Classify(byte* text)
    {
        JsonMasks masks = default;
        for (int i = 0; i < 64; i += 16)
        {
            Vector128<byte> v = Vector128.Load(text + i);
            Vector128<byte> folded = v | Vector128.Create((byte)0x20);
            masks.Backslash |= (ulong)Vector128.Equals(v, Vector128.Create((byte)'\\')).ExtractMostSignificantBits() << i;
            masks.Quote |= (ulong)Vector128.Equals(v, Vector128.Create((byte)'"')).ExtractMostSignificantBits() << i;
            masks.Operator |= (ulong)(Vector128.Equals(folded, Vector128.Create((byte)'{')) | Vector128.Equals(folded, Vector128.Create((byte)'}'))
                | Vector128.Equals(v, Vector128.Create((byte)':')) | Vector128.Equals(v, Vector128.Create((byte)','))).ExtractMostSignificantBits() << i;
            masks.Blank |= (ulong)Vector128.Equals(v, Vector128.Create((byte)' ')).ExtractMostSignificantBits() << i;
            masks.Control |= (ulong)Vector128.Equals(Vector128.Min(v, Vector128.Create((byte)0x1F)), v).ExtractMostSignificantBits() << i;
        }

        return masks;
    }
}

/// <summary>Byte by byte: the reference for the others.</summary>
internal readonly unsafe struct LanesScalar : ILanes
{
    public static string Name => "scalar";

    public static bool Matches(byte* left, byte* right, ulong mask)
    {
        for (int i = 0; mask != 0; i++, mask >>= 1)
        {
            if (left[i] != right[i])
            {
                return false;
            }
        }

        return true;
    }

    public static ulong StringStopMask(byte* text)
    {
        ulong mask = 0;
        for (int i = 0; i < 64; i++)
        {
            byte b = text[i];
            mask |= (b is (byte)'"' or (byte)'\\' or < 0x20 or >= 0x80 ? 1ul : 0ul) << i;
        }

        return mask;
    }

    public static JsonMasks Classify(byte* text)
    {
        JsonMasks masks = default;
        for (int i = 0; i < 64; i++)
        {
            byte b = text[i];
            masks.Backslash |= (b == '\\' ? 1ul : 0ul) << i;
            masks.Quote |= (b == '"' ? 1ul : 0ul) << i;
            masks.Operator |= (b is (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)':' or (byte)',' ? 1ul : 0ul) << i;
            masks.Blank |= (b == ' ' ? 1ul : 0ul) << i;
            masks.Control |= (b < 0x20 ? 1ul : 0ul) << i;
        }

        return masks;
    }
}
