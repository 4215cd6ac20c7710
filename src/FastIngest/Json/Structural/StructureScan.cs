using System.Numerics;
using System.Runtime.CompilerServices;
using FastIngest.Json.Shapes;

namespace FastIngest.Json.Structural;

/// <summary>
/// Scans a JSON text 64 bytes at a time, validates everything except UTF-8, and returns the tokens of each block.
/// <code>
/// text       {"a\"b": [1, "x"]}
/// quotes      1    1   ...          the quotes that no backslash escapes
/// in string   11111                 from the opening quote to before the closing one
/// tokens     11     1 11 1 1  11    operators, opening quotes, starts of numbers and literals
/// </code>
/// </summary>
// SAFETY: (whole file) The creator of a scan guarantees that the text does not move while the scan lives. A block is
// loaded from the text if 64 bytes remain, otherwise from a copy padded with blanks. Every bit of a mask stands for a
// byte of the text, since blanks are not tokens.
internal unsafe ref struct StructureScan<TLanes>
    where TLanes : struct, ILanes
{
    private const int BlockBytes = 64;

    private readonly byte* _text;
    private readonly int _length;

    // The state after the previous block: whether a string is open, whether a backslash escapes the first byte, whether a
    // number or literal continues, and where a low surrogate is expected.
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

    /// <summary>The offset of the current block; <see cref="Next"/> is the offset of the next one.</summary>
    public int Block { get; private set; }

    public int Next { get; private set; }

    public ulong Tokens { get; private set; }

    public ulong Open { get; private set; }

    public ulong Close { get; private set; }

    /// <summary>The number of objects and arrays that are open before the block.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether the text contains a backslash before the end of the block.</summary>
    public bool HasBackslash { get; private set; }

    /// <summary>Whether an error was found. After the last block, the check covers the whole text.</summary>
    public bool Failed { get; private set; }

    /// <summary>Scans the next block; false after the last block, and when the text is not JSON.</summary>
    public bool MoveNext() => MoveTo(int.MaxValue);

    /// <summary>Scans blocks until one in which at most <paramref name="depth"/> objects and arrays may be open.</summary>
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

    private bool LoadLast(int remaining)
    {
        byte* padded = stackalloc byte[BlockBytes];
        new Span<byte>(padded, BlockBytes).Fill((byte)' ');
        new ReadOnlySpan<byte>(_text + Block, remaining).CopyTo(new Span<byte>(padded, BlockBytes));
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
            // Use copies, since variables whose address is taken do not stay in registers.
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

    /// <summary>Handles a block with backslashes or control bytes: removes escaped quotes and adds white space; false if it is not JSON.</summary>
    private bool LoadRare(byte* bytes, ulong rare, ref ulong quotes, ref ulong white, out ulong inString)
    {
        ulong backslashes = TLanes.EqualMask(bytes, (byte)'\\');
        ulong controls = rare & ~backslashes;
        HasBackslash |= backslashes != 0;
        quotes &= ~Escaped(backslashes, out ulong starts);
        inString = InString(quotes, _inString);

        // Outside of strings a backslash is an error; it is found as an invalid scalar, and so is a control byte.
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

    /// <summary>The bytes from each opening quote to before the closing quote: those with an odd number of quotes up to them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong InString(ulong quotes, ulong before) => TLanes.Parity(quotes) ^ before;

    /// <summary>
    /// The bytes that a backslash escapes. In a run of backslashes, every other one escapes the next byte.
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

    /// <summary>Validates the numbers and literals that start in the block. Most are unsigned whole numbers that end in the block.</summary>
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
