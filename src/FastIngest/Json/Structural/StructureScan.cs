using System.Numerics;
using System.Runtime.CompilerServices;
using FastIngest.Json.Shapes;

namespace FastIngest.Json.Structural;

/// <summary>
/// Goes over a JSON text 64 bytes at a time, checks everything but UTF-8, and tells what the tokens are.
/// <code>
/// text       {"a\"b": [1, "x"]}
/// quotes      1    1   ...          those that no backslash escapes
/// in string   11111                 from the opening quote to before the closing one
/// tokens     11     1 11 1 1  11    operators, opening quotes, starts of numbers and literals
/// </code>
/// </summary>
// SAFETY: of this file. The text stays in place as long as the scan, says whoever makes one. A block is loaded where 64
// bytes of the text are left, otherwise from a copy with blanks behind it. Every bit of a mask stands for a byte of the
// text, as blanks are no tokens.
internal unsafe ref struct StructureScan<TLanes>
    where TLanes : struct, ILanes
{
    private const int BlockBytes = 64;

    private readonly byte* _text;
    private readonly int _length;

    // What the block before leaves: whether a string is open, whether a backslash escapes the first byte, whether a number
    // or literal goes on; and where the partner of a surrogate must be.
    private ulong _inString;
    private ulong _escaped;
    private ulong _scalar;
    private int _partnerAt;
    private Grammar _grammar;

    public StructureScan(byte* text, int length)
    {
        _text = text;
        _length = length;
        _partnerAt = -1;
        _grammar = Grammar.Start;
    }

    /// <summary>Where the block starts, and the one behind it.</summary>
    public int Block { get; private set; }

    public int Next { get; private set; }

    public ulong Tokens { get; private set; }

    public ulong Open { get; private set; }

    public ulong Close { get; private set; }

    /// <summary>How many objects and arrays are open before the block.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether a backslash stood in the text up to the end of the block.</summary>
    public bool HasBackslash { get; private set; }

    /// <summary>Whether the text is not JSON, as far as it was looked at; at its end, as a whole.</summary>
    public bool Failed { get; private set; }

    /// <summary>Looks at the next block; false behind the last one, and where the text is not JSON.</summary>
    public bool MoveNext() => MoveTo(int.MaxValue);

    /// <summary>Looks at blocks up to one in which no more than so many objects and arrays may be open.</summary>
    public bool MoveTo(int depth)
    {
        while (_length - Next >= BlockBytes)
        {
            Block = Next;
            Next += BlockBytes;
            if (!Load(_text + Block))
            {
                return false;
            }

            if (Depth - BitOperations.PopCount(Close) <= depth)
            {
                return true;
            }
        }

        Block = Next;
        Next = _length;
        if (Block < _length)
        {
            return LoadLast(_length - Block);
        }

        Failed |= _inString != 0 || !_grammar.IsWhole;
        Tokens = 0;
        return false;
    }

    private bool LoadLast(int left)
    {
        byte* padded = stackalloc byte[BlockBytes];
        new Span<byte>(padded, BlockBytes).Fill((byte)' ');
        new ReadOnlySpan<byte>(_text + Block, left).CopyTo(new Span<byte>(padded, BlockBytes));
        return Load(padded);
    }

    private bool Fail()
    {
        Failed = true;
        Tokens = 0;
        Next = _length;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Load(byte* bytes)
    {
        JsonMasks masks = TLanes.Classify(bytes);
        ulong quotes = masks.Quote;
        ulong white = masks.Blank;
        ulong inString;
        if ((masks.Rare | _escaped) == 0)
        {
            inString = InString(quotes, _inString);
        }
        else
        {
            // Copies, as those whose address is taken do not stay in registers.
            ulong rareQuotes = quotes;
            ulong rareWhite = white;
            if (!LoadRare(bytes, masks.Rare, ref rareQuotes, ref rareWhite, out ulong rareInString))
            {
                return Fail();
            }

            (quotes, white, inString) = (rareQuotes, rareWhite, rareInString);
        }

        _inString = (ulong)((long)inString >> 63);
        ulong operators = masks.Open | masks.Close | masks.Colon | masks.Comma;
        ulong scalar = ~(operators | quotes | white | inString);
        ulong scalarStarts = scalar & ~((scalar << 1) | _scalar);
        _scalar = scalar >> 63;
        Tokens tokens = new()
        {
            Strings = quotes & inString,
            Scalars = scalarStarts,
            Open = masks.Open & ~inString,
            Close = masks.Close & ~inString,
            Brace = masks.Brace,
            Colons = masks.Colon & ~inString,
            Commas = masks.Comma & ~inString,
        };
        Depth = _grammar.Depth;
        if ((scalarStarts != 0 && !AreScalars(bytes, scalar, scalarStarts)) || !_grammar.Accept(tokens))
        {
            return Fail();
        }

        Tokens = tokens.All;
        Open = tokens.Open;
        Close = tokens.Close;
        return true;
    }

    /// <summary>A block with backslashes or control bytes: finds which quotes count, and what is white; false where it is no JSON.</summary>
    private bool LoadRare(byte* bytes, ulong rare, ref ulong quotes, ref ulong white, out ulong inString)
    {
        ulong backslashes = TLanes.EqualMask(bytes, (byte)'\\');
        ulong controls = rare & ~backslashes;
        HasBackslash |= backslashes != 0;
        quotes &= ~Escaped(backslashes, out ulong starts);
        inString = InString(quotes, _inString);

        // Outside of strings a backslash is no escape, but an error that shows as a scalar; so does a control byte.
        for (ulong rest = starts & inString; rest != 0; rest &= rest - 1)
        {
            if (!ScalarScan.IsEscape(new ReadOnlySpan<byte>(_text, _length), Block + BitOperations.TrailingZeroCount(rest), ref _partnerAt))
            {
                return false;
            }
        }

        for (ulong rest = controls; rest != 0; rest &= rest - 1)
        {
            int i = BitOperations.TrailingZeroCount(rest);
            white |= (bytes[i] is (byte)'\t' or (byte)'\n' or (byte)'\r' ? 1ul : 0) << i;
        }

        return (controls & inString) == 0;
    }

    /// <summary>From each opening quote to before the closing one: a bit is set where an odd number of quotes stand up to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong InString(ulong quotes, ulong before) => TLanes.Parity(quotes) ^ before;

    /// <summary>
    /// The bytes behind a backslash that escapes them; every other one of a run of backslashes does.
    /// <code>
    /// text       \\\"   \n
    /// starts     1 1    1
    /// escaped     1 1    1
    /// </code>
    /// </summary>
    private ulong Escaped(ulong backslashes, out ulong starts)
    {
        starts = 0;
        ulong escaped = _escaped;
        ulong rest = backslashes & ~_escaped;
        _escaped = 0;
        while (rest != 0)
        {
            int at = BitOperations.TrailingZeroCount(rest);
            starts |= 1ul << at;
            if (at == BlockBytes - 1)
            {
                _escaped = 1;
                break;
            }

            escaped |= 2ul << at;
            rest &= ~(3ul << at);
        }

        return escaped;
    }

    /// <summary>Checks the numbers and literals that start in the block. Most are whole numbers without a sign, inside it.</summary>
    private readonly bool AreScalars(byte* bytes, ulong scalar, ulong starts)
    {
        ulong digits = TLanes.DigitMask(bytes);
        if ((scalar & ~digits) == 0 && (long)scalar >= 0)
        {
            ulong zeros = TLanes.EqualMask(bytes, (byte)'0');
            return (((starts & zeros) << 1) & scalar) == 0;
        }

        for (; starts != 0; starts &= starts - 1)
        {
            int at = Block + BitOperations.TrailingZeroCount(starts);
            if (!ScalarScan.IsScalar(new ReadOnlySpan<byte>(_text + at, _length - at)))
            {
                return false;
            }
        }

        return true;
    }
}
