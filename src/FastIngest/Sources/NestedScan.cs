using System.Numerics;
using System.Runtime.CompilerServices;
using FastIngest.Json.Shapes;

namespace FastIngest.Sources;

/// <summary>
/// Finds the end of an array or object of any size, 64 bytes at a time, by brackets and quotes only. In damaged text a closing
/// bracket also closes the objects inside its array that are still open, and a closing brace directly in an array is ignored.
/// </summary>
internal abstract unsafe class NestedScan
{
    protected const int BlockBytes = 64;

    // The kinds of the open brackets, the innermost in the lowest bit: 1 for an object. Deeper nesting than 64 keeps no kinds.
    private ulong _kinds;
    private int _depth;

    /// <summary>The state after the previous block: all bits for an open string, and the lowest bit for an escaped first byte.</summary>
    protected ulong InString, Escaped;

    /// <summary>Whether a vertical bar occurred.</summary>
    public bool HasBar { get; protected set; }

    /// <summary>The number of objects and arrays directly in the value.</summary>
    public long Elements { get; private set; }

    /// <summary>Creates a scan for the instruction set in use.</summary>
    public static NestedScan Create() => InstructionSet.Current switch
    {
        InstructionSet.Avx512 => new Lanes<Lanes512>(),
        InstructionSet.Avx2 => new Lanes<Lanes256>(),
        InstructionSet.Vector128 => new Lanes<Lanes128>(),
        _ => new Lanes<LanesScalar>(),
    };

    /// <summary>Begins before the opening bracket of a value.</summary>
    public void Begin()
    {
        (_kinds, _depth, InString, Escaped, Elements, HasBar) = (0, 0, 0, 0, 0, false);
    }

    /// <summary>Reads the next bytes. Only the last bytes of a file may be another number than a multiple of 64.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="offset">Their offset in the file.</param>
    /// <param name="marks">Receives the starts of the elements.</param>
    /// <param name="end">Receives the offset after the value.</param>
    /// <returns>Whether the value ends in these bytes.</returns>
    public bool Read(ReadOnlySpan<byte> bytes, long offset, ElementMarks? marks, out long end)
    {
        // SAFETY: a block is read from the span if 64 bytes remain, otherwise from a copy padded with blanks.
        fixed (byte* start = bytes)
        {
            int at = 0;
            for (; bytes.Length - at >= BlockBytes; at += BlockBytes)
            {
                if (ReadBlock(start + at, offset + at, marks, out end))
                {
                    return true;
                }
            }

            end = -1;
            if (at == bytes.Length)
            {
                return false;
            }

            byte* padded = stackalloc byte[BlockBytes];
            new Span<byte>(padded, BlockBytes).Fill((byte)' ');
            bytes[at..].CopyTo(new Span<byte>(padded, BlockBytes));
            return ReadBlock(padded, offset + at, marks, out end);
        }
    }

    /// <summary>Reads 64 bytes.</summary>
    protected abstract bool ReadBlock(byte* block, long offset, ElementMarks? marks, out long end);

    /// <summary>Goes through the brackets of a block; true, with the offset after the value, when it ends there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected bool Walk(ulong brackets, ulong open, ulong brace, long offset, ElementMarks? marks, out long end)
    {
        for (; brackets != 0; brackets &= brackets - 1)
        {
            int at = BitOperations.TrailingZeroCount(brackets);
            ulong isBrace = (brace >> at) & 1;
            if (((open >> at) & 1) != 0)
            {
                if (_depth == 1)
                {
                    Elements++;
                    marks?.Add(offset + at);
                }

                _depth++;
                _kinds = (_kinds << 1) | isBrace;
            }
            else if ((_kinds & 1) == isBrace)
            {
                _depth--;
                _kinds >>= 1;
            }
            else if (isBrace == 0)
            {
                CloseArray();
            }

            if (_depth <= 0)
            {
                end = offset + at + 1;
                return true;
            }
        }

        end = -1;
        return false;
    }

    /// <summary>Closes the innermost array and the objects in it.</summary>
    private void CloseArray()
    {
        while (_depth > 0 && (_kinds & 1) != 0)
        {
            _depth--;
            _kinds >>= 1;
        }

        _depth--;
        _kinds >>= 1;
    }

    private sealed class Lanes<TLanes> : NestedScan
        where TLanes : struct, ILanes
    {
        // SAFETY: the caller passes 64 readable bytes.
        protected override bool ReadBlock(byte* block, long offset, ElementMarks? marks, out long end)
        {
            JsonMasks masks = TLanes.Classify(block);
            ulong quotes = masks.Quote;
            if ((masks.Rare | Escaped) != 0)
            {
                quotes &= ~FindEscaped(TLanes.EqualMask(block, (byte)'\\'));
            }

            ulong inString = TLanes.Parity(quotes) ^ InString;
            InString = (ulong)((long)inString >> 63);
            bool isEnd = Walk((masks.Open | masks.Close) & ~inString, masks.Open, masks.Brace, offset, marks, out end);
            ulong inside = isEnd ? ulong.MaxValue >> (BlockBytes - (int)(end - offset)) : ulong.MaxValue;
            HasBar |= (TLanes.EqualMask(block, (byte)'|') & inside) != 0;
            return isEnd;
        }

        /// <summary>The bytes that a backslash escapes. In a run of backslashes, every other one escapes the next byte.</summary>
        private ulong FindEscaped(ulong backslashes)
        {
            ulong escaped = Escaped;
            ulong rest = backslashes & ~Escaped;
            Escaped = 0;
            while (rest != 0)
            {
                int at = BitOperations.TrailingZeroCount(rest);
                if (at == BlockBytes - 1)
                {
                    Escaped = 1;
                    break;
                }

                escaped |= 2ul << at;
                rest &= ~(3ul << at);
            }

            return escaped;
        }
    }
}

/// <summary>
/// The first element at or after each multiple of a number of bytes, so that a reader may begin at each of them.
/// </summary>
/// <param name="intervalBytes">That number of bytes.</param>
internal sealed class ElementMarks(long intervalBytes)
{
    private readonly List<long> _offsets = [];
    private long _next;

    /// <summary>Adds the offset of an element. Offsets arrive in order.</summary>
    public void Add(long offset)
    {
        while (_next <= offset)
        {
            _offsets.Add(offset);
            _next = intervalBytes < long.MaxValue - _next ? _next + intervalBytes : long.MaxValue;
        }
    }

    /// <summary>Returns the first element at or after a multiple of the interval; -1 without one.</summary>
    public long Find(long multiple) => multiple / intervalBytes < _offsets.Count ? _offsets[(int)(multiple / intervalBytes)] : -1;
}
