using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastIngest.Json.Shapes;

namespace FastIngest.Json.Structure;

/// <summary>
/// Walks over a JSON value by masks of 64 bytes: all that stands outside of strings is found without looking at bytes one
/// by one, and what is skipped is checked as strictly as what is taken.
/// <code>
/// text       {"a\"b": [1, "x"]}
/// quotes      1    1   ...          those that no backslash escapes
/// in string   11111                 from the opening quote to before the closing one
/// tokens     11     1 11 1 1  11    operators, opening quotes, starts of numbers and literals
/// </code>
/// UTF-8 is not checked here. It accepts nothing that <see cref="GeneralReader"/> would not.
/// </summary>
// SAFETY: of this file. The text stays in place as long as the cursor, says whoever makes one. A block is loaded where 64
// bytes of the text are left, otherwise from a copy with blanks behind it. Every bit of a mask stands for a byte of the
// text, as blanks are no tokens. The tables have a place for each byte, and for each state and kind of token.
internal unsafe ref struct StructureCursor<TLanes> : IValueCursor
    where TLanes : struct, ILanes
{
    public const int MaxDepth = 64;

    private const int BlockBytes = 64;

    private readonly byte* _text;
    private readonly int _length;

    // The block: where it starts, which of its tokens are still to come, and what the one before leaves for the next.
    private int _block;
    private int _next;
    private ulong _tokens;
    private ulong _inString;
    private ulong _escaped;
    private ulong _scalar;
    private int _partnerAt;

    // Where the cursor stands, and in how many objects and arrays.
    private int _at;
    private int _depth;
    private bool _atFirst;
    private bool _failed;

    public StructureCursor(byte* text, int length)
    {
        _text = text;
        _length = length;
        _partnerAt = -1;
        Move();
    }

    /// <summary>Whether the value was walked over to its end, without an error, and nothing follows.</summary>
    public readonly bool IsComplete => !_failed && _depth == 0 && _at == _length;

    public readonly byte First => _at < _length ? _text[_at] : (byte)0;

    public void Enter()
    {
        if (++_depth > MaxDepth)
        {
            Fail();
        }

        _atFirst = true;
        Move();
    }

    public bool NextMember(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!ToNext((byte)'}'))
        {
            return false;
        }

        int start = _at + 1;
        if (First != '"')
        {
            return Fail();
        }

        Move();
        if (First != ':')
        {
            return Fail();
        }

        int length = StringLength(start, _at);
        name = new ReadOnlySpan<byte>(_text + start, length);
        if (name.Contains((byte)'\\'))
        {
            byte[] decoded = new byte[length];
            name = decoded.AsSpan(0, JsonString.Unescape(name, decoded));
        }

        Move();
        return IsValue() || Fail();
    }

    public bool NextItem() => ToNext((byte)']') && (IsValue() || Fail());

    public Field TakeString()
    {
        int start = _at + 1;
        Move();
        int length = StringLength(start, _at);
        bool isEscaped = new ReadOnlySpan<byte>(_text + start, length).Contains((byte)'\\');
        return new Field(start, length, isEscaped ? FieldKind.EscapedString : FieldKind.String);
    }

    public void Skip()
    {
        if (First is (byte)'{' or (byte)'[')
        {
            SkipNested();
        }

        Move();
    }

    /// <summary>From the bracket at which the cursor stands to the one that closes it.</summary>
    private void SkipNested()
    {
        ref byte tokenTable = ref MemoryMarshal.GetArrayDataReference(Grammar.Tokens);
        ref byte steps = ref MemoryMarshal.GetArrayDataReference(Grammar.Steps);

        // A bit for each level that is open, the innermost lowest: 1 for an object.
        ulong objects = First == '{' ? 1ul : 0;
        int depth = _depth + 1;
        uint state = First == '{' ? Grammar.KeyOrEnd : Grammar.ItemOrEnd;
        byte* text = _text;
        ulong tokens = _tokens;
        int at = _at;
        while (depth <= MaxDepth)
        {
            while (tokens == 0)
            {
                if (!LoadBlock())
                {
                    Fail();
                    return;
                }

                tokens = _tokens;
            }

            at = _block + BitOperations.TrailingZeroCount(tokens);
            tokens &= tokens - 1;
            uint step = Unsafe.Add(ref steps, (state << Grammar.TokenBits) | Unsafe.Add(ref tokenTable, text[at]));
            state = step & 0x0F;
            if ((step & Grammar.ChangesDepth) == 0)
            {
                continue;
            }

            if ((step & Grammar.Closes) != 0)
            {
                objects >>= 1;
                state = (objects & 1) != 0 ? Grammar.MemberEnd : Grammar.ItemEnd;
                if (--depth == _depth)
                {
                    _tokens = tokens;
                    _at = at;
                    return;
                }
            }
            else
            {
                objects = (objects << 1) | ((step & Grammar.OpensObject) != 0 ? 1ul : 0);
                depth++;
            }
        }

        Fail();
    }

    /// <summary>Moves over the comma to the next member or item; false where a bracket closes instead, and behind it.</summary>
    private bool ToNext(byte close)
    {
        bool isFirst = _atFirst;
        _atFirst = false;
        if (First == close)
        {
            _depth--;
            Move();
            return false;
        }

        if (isFirst)
        {
            return true;
        }

        if (First != ',')
        {
            return Fail();
        }

        Move();
        return true;
    }

    private readonly bool IsValue() => First is not ((byte)'}' or (byte)']' or (byte)':' or (byte)',' or 0);

    /// <summary>The length of the string that starts at a place; between its quote and the next token is white space.</summary>
    private readonly int StringLength(int start, int nextToken)
    {
        int end = nextToken - 1;
        while (end > start && _text[end] != '"')
        {
            end--;
        }

        return Math.Max(0, end - start);
    }

    private bool Fail()
    {
        _failed = true;
        _tokens = 0;
        _next = _at = _length;
        return false;
    }

    /// <summary>To the next token, or to the end.</summary>
    private void Move()
    {
        while (_tokens == 0)
        {
            if (!LoadBlock())
            {
                _at = _length;
                return;
            }
        }

        _at = _block + BitOperations.TrailingZeroCount(_tokens);
        _tokens &= _tokens - 1;
    }

    /// <summary>Looks at the next 64 bytes; false at the end and after an error.</summary>
    private bool LoadBlock()
    {
        int left = _length - _next;
        if (left <= 0)
        {
            _failed |= _inString != 0;
            return false;
        }

        _block = _next;
        _next = left >= BlockBytes ? _next + BlockBytes : _length;
        return left >= BlockBytes ? Load(_text + _block) : LoadLast(left);
    }

    private bool LoadLast(int left)
    {
        byte* padded = stackalloc byte[BlockBytes];
        new Span<byte>(padded, BlockBytes).Fill((byte)' ');
        new ReadOnlySpan<byte>(_text + _block, left).CopyTo(new Span<byte>(padded, BlockBytes));
        return Load(padded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Load(byte* bytes)
    {
        JsonMasks masks = TLanes.Classify(bytes);
        ulong quotes = masks.Quote;
        if ((masks.Backslash | _escaped) != 0)
        {
            quotes &= ~Escaped(masks.Backslash, out ulong starts);
            // Outside of strings a backslash is no escape, but an error that shows as a scalar.
            if (starts != 0 && !AreEscapes(starts & InString(quotes, _inString)))
            {
                return Fail();
            }
        }

        ulong inString = InString(quotes, _inString);
        _inString = (ulong)((long)inString >> 63);
        ulong white = masks.Blank;
        if (masks.Control != 0)
        {
            if ((masks.Control & inString) != 0)
            {
                return Fail();
            }

            white |= WhiteControls(bytes, masks.Control);
        }

        ulong scalar = ~(masks.Operator | quotes | white | inString);
        ulong scalarStarts = scalar & ~((scalar << 1) | _scalar);
        _scalar = scalar >> 63;
        _tokens = (masks.Operator & ~inString) | (quotes & inString) | scalarStarts;
        return scalarStarts == 0 || AreScalars(scalarStarts);
    }

    /// <summary>From each opening quote to before the closing one: a bit is set where an odd number of quotes stand up to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong InString(ulong quotes, ulong before)
    {
        quotes ^= quotes << 1;
        quotes ^= quotes << 2;
        quotes ^= quotes << 4;
        quotes ^= quotes << 8;
        quotes ^= quotes << 16;
        quotes ^= quotes << 32;
        return quotes ^ before;
    }

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
        ulong before = _escaped;
        starts = 0;
        ulong escaped = before;
        ulong rest = backslashes & ~before;
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

    private bool AreEscapes(ulong starts)
    {
        ReadOnlySpan<byte> text = new(_text, _length);
        for (; starts != 0; starts &= starts - 1)
        {
            if (!ScalarScan.IsEscape(text, _block + BitOperations.TrailingZeroCount(starts), ref _partnerAt))
            {
                return false;
            }
        }

        return true;
    }

    private bool AreScalars(ulong starts)
    {
        for (; starts != 0; starts &= starts - 1)
        {
            int at = _block + BitOperations.TrailingZeroCount(starts);
            if (!ScalarScan.IsScalar(new ReadOnlySpan<byte>(_text + at, _length - at)))
            {
                return Fail();
            }
        }

        return true;
    }

    private static ulong WhiteControls(byte* bytes, ulong controls)
    {
        ulong white = 0;
        for (; controls != 0; controls &= controls - 1)
        {
            int i = BitOperations.TrailingZeroCount(controls);
            white |= (bytes[i] is (byte)'\t' or (byte)'\n' or (byte)'\r' ? 1ul : 0) << i;
        }

        return white;
    }
}
