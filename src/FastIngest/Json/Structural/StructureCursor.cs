using System.Numerics;
using System.Runtime.CompilerServices;
using FastIngest.Json.Shapes;

namespace FastIngest.Json.Structural;

/// <summary>
/// Walks over a JSON text by the masks of <see cref="StructureScan{TLanes}"/>, which validates each block of 64 bytes before
/// the cursor reads it. Skipped values are therefore validated like all others. UTF-8 is not validated here.
/// </summary>
// SAFETY: (whole file) The text does not move while the cursor lives; token offsets lie within the text.
internal unsafe ref struct StructureCursor<TLanes> : IValueCursor
    where TLanes : struct, ILanes
{
    private readonly byte* _text;
    private readonly int _length;
    private readonly byte[] _name;
    private StructureScan<TLanes> _scan;

    // The remaining tokens of the block, the cursor's offset, and the number of open objects and arrays.
    private ulong _tokens;
    private int _at;
    private int _depth;
    private bool _atFirst;

    /// <param name="name">A buffer for decoded names; a longer name gets a buffer of its own.</param>
    public StructureCursor(byte* text, int length, byte[] name)
    {
        _name = name;
        _text = text;
        _length = length;
        _scan = new StructureScan<TLanes>(text, length);
        Move();
    }

    /// <summary>Whether the cursor reached the end of the text without an error and the text was one value.</summary>
    public readonly bool IsComplete => !_scan.Failed && _depth == 0 && _at == _length;

    public readonly byte First => _at < _length ? _text[_at] : (byte)0;

    public void Enter()
    {
        _depth++;
        _atFirst = true;
        Move();
    }

    public bool NextMember(out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!ToNext())
        {
            return false;
        }

        int start = _at + 1;
        Move();
        if (_at == _length)
        {
            return false;
        }

        int length = StringLength(start, _at);
        name = new ReadOnlySpan<byte>(_text + start, length);
        if (IsEscaped(name))
        {
            byte[] decoded = length <= _name.Length ? _name : new byte[length];
            name = decoded.AsSpan(0, JsonString.Unescape(name, decoded));
        }

        Move();
        return _at < _length;
    }

    public bool NextItem() => ToNext();

    public Field TakeString()
    {
        int start = _at + 1;
        Move();
        int length = StringLength(start, _at);
        return new Field(start, length, IsEscaped(new ReadOnlySpan<byte>(_text + start, length)) ? FieldKind.EscapedString : FieldKind.String);
    }

    public void Skip()
    {
        if (First is (byte)'{' or (byte)'[')
        {
            SkipNested();
        }

        Move();
    }

    /// <summary>Moves from the bracket at the cursor to the bracket that closes it.</summary>
    private void SkipNested()
    {
        int depth = _depth + 1;
        ulong tokens = _tokens;
        while (true)
        {
            for (ulong rest = (_scan.Open | _scan.Close) & tokens; rest != 0; rest &= rest - 1)
            {
                ulong bit = rest & (~rest + 1);
                depth += (_scan.Open & bit) != 0 ? 1 : -1;
                if (depth == _depth)
                {
                    _at = _scan.Block + BitOperations.TrailingZeroCount(bit);
                    _tokens = tokens & ~(bit | (bit - 1));
                    return;
                }
            }

            if (!_scan.MoveTo(_depth))
            {
                _tokens = 0;
                return;
            }

            tokens = _scan.Tokens;
            depth = _scan.Depth;
        }
    }

    /// <summary>Moves past the comma to the next member or item; false if a closing bracket follows, and then moves past it.</summary>
    private bool ToNext()
    {
        if (First is (byte)'}' or (byte)']')
        {
            _atFirst = false;
            _depth--;
            Move();
            return false;
        }

        if (!_atFirst)
        {
            Move();
        }

        _atFirst = false;
        return _at < _length;
    }

    /// <summary>The length of the string that starts at an offset. Only white space lies between its closing quote and the next token.</summary>
    private readonly int StringLength(int start, int nextToken)
    {
        int end = nextToken - 1;
        while (end > start && _text[end] != '"')
        {
            end--;
        }

        return Math.Max(0, end - start);
    }

    /// <summary>Whether a string that the scan has passed contains an escape. Most texts contain none at all.</summary>
    private readonly bool IsEscaped(ReadOnlySpan<byte> text) => _scan.HasBackslash && text.Contains((byte)'\\');

    /// <summary>Moves to the next token, or to the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Move()
    {
        if (_tokens != 0 || MoveToTokens())
        {
            _at = _scan.Block + BitOperations.TrailingZeroCount(_tokens);
            _tokens &= _tokens - 1;
        }
    }

    /// <summary>Moves to the next block with tokens; false, and moves to the end, if there is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MoveToTokens()
    {
        while (_scan.MoveNext())
        {
            _tokens = _scan.Tokens;
            if (_tokens != 0)
            {
                return true;
            }
        }

        _at = _length;
        return false;
    }
}
