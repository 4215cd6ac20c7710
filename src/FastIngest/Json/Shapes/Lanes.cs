using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastIngest.Json.Shapes;

/// <summary>
/// The vector operations of the shape-learned reader and the structure cursor. Every call examines 64 bytes for every
/// vector width, so that the algorithms are the same. Bit i of a mask stands for byte i.
/// </summary>
// SAFETY: the only callers, ShapeReader and StructureCursor, pass pointers to 64 readable bytes; nothing is written.
internal unsafe interface ILanes
{
    /// <summary>Whether two blocks of 64 bytes are equal in the bytes selected by a mask whose set bits are its lowest ones.</summary>
    static abstract bool Matches(byte* left, byte* right, ulong mask);

    /// <summary>
    /// The bytes that cannot occur in a plain string: quote, backslash, control bytes, and bytes from 0x80 upwards.
    /// </summary>
    static abstract ulong StringStopMask(byte* text);

    /// <summary>The bytes that end a string or its plain part: quote, backslash and control bytes.</summary>
    /// <param name="text">64 bytes. After the first set bit of the result, both masks may be incomplete.</param>
    /// <param name="high">The bytes from 0x80 upwards.</param>
    static abstract ulong StringEndMask(byte* text, out ulong high);

    /// <summary>Classifies 64 bytes by their meaning in JSON outside of strings.</summary>
    static abstract JsonMasks Classify(byte* text);

    /// <summary>The bytes that equal <paramref name="value"/>.</summary>
    static abstract ulong EqualMask(byte* text, byte value);

    /// <summary>The bytes that are decimal digits.</summary>
    static abstract ulong DigitMask(byte* text);

    /// <summary>See <see cref="BitParity"/>.</summary>
    static abstract ulong Parity(ulong bits);
}

/// <summary>The classes of 64 bytes, inside or outside of strings; one bit per byte.</summary>
internal struct JsonMasks
{
    public ulong Quote;

    /// <summary>Opening braces and brackets, closing ones, and which of both are braces; other bits of <see cref="Brace"/> are undefined.</summary>
    public ulong Open, Close, Brace;

    public ulong Colon, Comma, Blank;

    /// <summary>Backslashes, and bytes below 0x20.</summary>
    public ulong Rare;
}

/// <summary>One vector of 64 bytes.</summary>
internal readonly unsafe struct Lanes512 : ILanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Parity(ulong bits) => BitParity.Multiplied(bits);

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
            Quote = Vector512.Equals(v, Vector512.Create((byte)'"')).ExtractMostSignificantBits(),
            Open = Vector512.Equals(folded, Vector512.Create((byte)'{')).ExtractMostSignificantBits(),
            Close = Vector512.Equals(folded, Vector512.Create((byte)'}')).ExtractMostSignificantBits(),
            Brace = Vector512.ShiftLeft(v.AsUInt16(), 2).AsByte().ExtractMostSignificantBits(),
            Colon = Vector512.Equals(v, Vector512.Create((byte)':')).ExtractMostSignificantBits(),
            Comma = Vector512.Equals(v, Vector512.Create((byte)',')).ExtractMostSignificantBits(),
            Blank = Vector512.Equals(v, Vector512.Create((byte)' ')).ExtractMostSignificantBits(),
            Rare = (Vector512.Equals(v, Vector512.Create((byte)'\\')) | Vector512.Equals(Vector512.Min(v, Vector512.Create((byte)0x1F)), v)).ExtractMostSignificantBits(),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong EqualMask(byte* text, byte value) => Vector512.Equals(Vector512.Load(text), Vector512.Create(value)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong DigitMask(byte* text)
    {
        Vector512<byte> v = Vector512.Load(text) - Vector512.Create((byte)'0');
        return Vector512.Equals(Vector512.Min(v, Vector512.Create((byte)9)), v).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StringEndMask(byte* text, out ulong high)
    {
        Vector512<byte> v = Vector512.Load(text);
        high = v.ExtractMostSignificantBits();
        return (Vector512.Equals(v, Vector512.Create((byte)'"'))
            | Vector512.Equals(v, Vector512.Create((byte)'\\'))
            | Vector512.Equals(Vector512.Min(v, Vector512.Create((byte)0x1F)), v)).ExtractMostSignificantBits();
    }
}

/// <summary>Vectors of 32 bytes; some operations examine the second half only if the first half does not decide.</summary>
internal readonly unsafe struct Lanes256 : ILanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Parity(ulong bits) => BitParity.Multiplied(bits);

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
        Vector256<byte> a = Vector256.Load(text);
        Vector256<byte> b = Vector256.Load(text + 32);
        Vector256<byte> foldedA = a | Vector256.Create((byte)0x20);
        Vector256<byte> foldedB = b | Vector256.Create((byte)0x20);
        return new JsonMasks
        {
            Quote = Mask(Vector256.Equals(a, Vector256.Create((byte)'"')), Vector256.Equals(b, Vector256.Create((byte)'"'))),
            Open = Mask(Vector256.Equals(foldedA, Vector256.Create((byte)'{')), Vector256.Equals(foldedB, Vector256.Create((byte)'{'))),
            Close = Mask(Vector256.Equals(foldedA, Vector256.Create((byte)'}')), Vector256.Equals(foldedB, Vector256.Create((byte)'}'))),
            Brace = Mask(Vector256.ShiftLeft(a.AsUInt16(), 2).AsByte(), Vector256.ShiftLeft(b.AsUInt16(), 2).AsByte()),
            Colon = Mask(Vector256.Equals(a, Vector256.Create((byte)':')), Vector256.Equals(b, Vector256.Create((byte)':'))),
            Comma = Mask(Vector256.Equals(a, Vector256.Create((byte)',')), Vector256.Equals(b, Vector256.Create((byte)','))),
            Blank = Mask(Vector256.Equals(a, Vector256.Create((byte)' ')), Vector256.Equals(b, Vector256.Create((byte)' '))),
            Rare = Mask(Rare(a), Rare(b)),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong EqualMask(byte* text, byte value) =>
        Mask(Vector256.Equals(Vector256.Load(text), Vector256.Create(value)), Vector256.Equals(Vector256.Load(text + 32), Vector256.Create(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong DigitMask(byte* text)
    {
        Vector256<byte> a = Vector256.Load(text) - Vector256.Create((byte)'0');
        Vector256<byte> b = Vector256.Load(text + 32) - Vector256.Create((byte)'0');
        return Mask(Vector256.Equals(Vector256.Min(a, Vector256.Create((byte)9)), a), Vector256.Equals(Vector256.Min(b, Vector256.Create((byte)9)), b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Rare(Vector256<byte> v) => Vector256.Equals(v, Vector256.Create((byte)'\\')) | Vector256.Equals(Vector256.Min(v, Vector256.Create((byte)0x1F)), v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector256<byte> low, Vector256<byte> high) =>
        low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StringEndMask(byte* text, out ulong high)
    {
        uint low = Ends(text, out uint lowHigh);
        high = lowHigh;
        if (low != 0)
        {
            return low;
        }

        ulong ends = (ulong)Ends(text + 32, out uint upperHigh) << 32;
        high |= (ulong)upperHigh << 32;
        return ends;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Ends(byte* text, out uint high)
    {
        Vector256<byte> v = Vector256.Load(text);
        high = v.ExtractMostSignificantBits();
        return (Vector256.Equals(v, Vector256.Create((byte)'"'))
            | Vector256.Equals(v, Vector256.Create((byte)'\\'))
            | Vector256.Equals(Vector256.Min(v, Vector256.Create((byte)0x1F)), v)).ExtractMostSignificantBits();
    }
}

/// <summary>Vectors of 16 bytes.</summary>
internal readonly unsafe struct Lanes128 : ILanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Parity(ulong bits) => BitParity.Shifted(bits);

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

    public static JsonMasks Classify(byte* text)
    {
        JsonMasks masks = default;
        for (int i = 0; i < 64; i += 16)
        {
            Vector128<byte> v = Vector128.Load(text + i);
            Vector128<byte> folded = v | Vector128.Create((byte)0x20);
            masks.Quote |= Mask(Vector128.Equals(v, Vector128.Create((byte)'"')), i);
            masks.Open |= Mask(Vector128.Equals(folded, Vector128.Create((byte)'{')), i);
            masks.Close |= Mask(Vector128.Equals(folded, Vector128.Create((byte)'}')), i);
            masks.Brace |= Mask(Vector128.ShiftLeft(v.AsUInt16(), 2).AsByte(), i);
            masks.Colon |= Mask(Vector128.Equals(v, Vector128.Create((byte)':')), i);
            masks.Comma |= Mask(Vector128.Equals(v, Vector128.Create((byte)',')), i);
            masks.Blank |= Mask(Vector128.Equals(v, Vector128.Create((byte)' ')), i);
            masks.Rare |= Mask(Vector128.Equals(v, Vector128.Create((byte)'\\')) | Vector128.Equals(Vector128.Min(v, Vector128.Create((byte)0x1F)), v), i);
        }

        return masks;
    }

    public static ulong EqualMask(byte* text, byte value)
    {
        ulong mask = 0;
        for (int i = 0; i < 64; i += 16)
        {
            mask |= Mask(Vector128.Equals(Vector128.Load(text + i), Vector128.Create(value)), i);
        }

        return mask;
    }

    public static ulong DigitMask(byte* text)
    {
        ulong mask = 0;
        for (int i = 0; i < 64; i += 16)
        {
            Vector128<byte> v = Vector128.Load(text + i) - Vector128.Create((byte)'0');
            mask |= Mask(Vector128.Equals(Vector128.Min(v, Vector128.Create((byte)9)), v), i);
        }

        return mask;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector128<byte> v, int place) => (ulong)v.ExtractMostSignificantBits() << place;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StringEndMask(byte* text, out ulong high)
    {
        high = 0;
        for (int i = 0; i < 64; i += 16)
        {
            Vector128<byte> v = Vector128.Load(text + i);
            high |= (ulong)v.ExtractMostSignificantBits() << i;
            uint ends = (Vector128.Equals(v, Vector128.Create((byte)'"'))
                | Vector128.Equals(v, Vector128.Create((byte)'\\'))
                | Vector128.Equals(Vector128.Min(v, Vector128.Create((byte)0x1F)), v)).ExtractMostSignificantBits();
            if (ends != 0)
            {
                return (ulong)ends << i;
            }
        }

        return 0;
    }
}

/// <summary>One byte at a time: the reference for the vector implementations.</summary>
internal readonly unsafe struct LanesScalar : ILanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Parity(ulong bits) => BitParity.Shifted(bits);

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
            ulong bit = 1ul << i;
            masks.Quote |= b == '"' ? bit : 0;
            masks.Open |= b is (byte)'{' or (byte)'[' ? bit : 0;
            masks.Close |= b is (byte)'}' or (byte)']' ? bit : 0;
            masks.Brace |= b is (byte)'{' or (byte)'}' ? bit : 0;
            masks.Colon |= b == ':' ? bit : 0;
            masks.Comma |= b == ',' ? bit : 0;
            masks.Blank |= b == ' ' ? bit : 0;
            masks.Rare |= b is (byte)'\\' or < 0x20 ? bit : 0;
        }

        return masks;
    }

    public static ulong EqualMask(byte* text, byte value)
    {
        ulong mask = 0;
        for (int i = 0; i < 64; i++)
        {
            mask |= (text[i] == value ? 1ul : 0ul) << i;
        }

        return mask;
    }

    public static ulong DigitMask(byte* text)
    {
        ulong mask = 0;
        for (int i = 0; i < 64; i++)
        {
            mask |= ((uint)(text[i] - '0') <= 9 ? 1ul : 0ul) << i;
        }

        return mask;
    }

    public static ulong StringEndMask(byte* text, out ulong high)
    {
        ulong mask = 0;
        high = 0;
        for (int i = 0; i < 64; i++)
        {
            byte b = text[i];
            mask |= (b is (byte)'"' or (byte)'\\' or < 0x20 ? 1ul : 0ul) << i;
            high |= (b >= 0x80 ? 1ul : 0ul) << i;
        }

        return mask;
    }
}
