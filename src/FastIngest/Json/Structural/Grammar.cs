using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastIngest.Json.Structural;

/// <summary>The tokens of 64 bytes outside of strings: operators, and the first bytes of strings, numbers and literals.</summary>
internal struct Tokens
{
    public ulong Strings, Scalars;

    /// <summary>Opening braces and brackets, closing ones, and which of both are braces.</summary>
    public ulong Open, Close, Brace;

    public ulong Colons, Commas;

    public readonly ulong All => Strings | Scalars | Open | Close | Colons | Commas;
}

/// <summary>
/// Checks JSON's grammar on 64 bytes at a time. Most rules say which token may follow which. All tokens that follow a
/// token of a set are found by one addition, whose carry runs over the bytes between the tokens. Rules that depend on
/// whether an object or an array is open are checked bracket by bracket.
/// <code>
/// text             {"a": 1, "b": []}
/// commas                  ^
/// after them                 ^         must be a value, and in an object a string
/// keys              ^       ^          strings in an object that do not follow a colon
/// after them           ^       ^       must be exactly the colons
/// </code>
/// </summary>
internal struct Grammar
{
    public const int MaxDepth = 64;

    // For each set: 1 if its last token was the last token of the previous block, so that its successor is still to come.
    private ulong _afterSeparator;
    private ulong _afterColon;
    private ulong _afterOpen;
    private ulong _afterKey;

    // One bit per open level, the innermost in the lowest bit: 1 for an object. The top level counts as an array.
    private ulong _objects;

    /// <summary>The state before the first token: a value must follow.</summary>
    public static Grammar Start => new() { _afterSeparator = 1 };

    /// <summary>The number of objects and arrays that are open after the block.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether the text is one complete value.</summary>
    public readonly bool IsWhole => Depth == 0 && _afterSeparator == 0;

    /// <summary>Whether the tokens of the next 64 bytes may follow the previous ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Accept(in Tokens tokens)
    {
        ulong all = tokens.All;
        ulong between = ~all;
        ulong separators = tokens.Colons | tokens.Commas;
        ulong afterSeparator = Following(separators, between, ref _afterSeparator) & all;
        ulong afterColon = Following(tokens.Colons, between, ref _afterColon);
        ulong afterKey = Following(tokens.Strings & ~afterColon, between, ref _afterKey) & all;
        ulong afterOpen = Following(tokens.Open, between, ref _afterOpen) & all;

        // Values follow separators and opening brackets and nothing else; closing brackets follow anything but separators.
        ulong valuePlaces = afterSeparator | afterOpen;
        ulong faults = (tokens.Close & afterSeparator) | (separators & valuePlaces) | (all & ~(separators | tokens.Close | valuePlaces));
        ulong inObject = (afterKey ^ tokens.Colons) | ((tokens.Open | tokens.Scalars) & ~afterColon);
        return (faults | Nest(tokens.Open, tokens.Close, tokens.Brace, inObject, tokens.Colons)) == 0;
    }

    /// <summary>
    /// Opens and closes levels. The result is not 0 if a bracket does not match or a token is not allowed in its object or array.
    /// <code>
    /// text           {"a": [1, 2], "b"}
    /// in an object    111111     111111      a bracket belongs to the level around it
    /// </code>
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Nest(ulong open, ulong close, ulong brace, ulong inObject, ulong inArray)
    {
        ulong objects = _objects;
        ulong mismatch = 0;
        ulong isInObject = 0 - (objects & 1);
        for (ulong rest = open | close; rest != 0; rest &= rest - 1)
        {
            ulong bit = rest & (0 - rest);
            ulong isBrace = (brace & bit) != 0 ? 1ul : 0;
            if ((open & bit) != 0)
            {
                objects = (objects << 1) | isBrace;
            }
            else
            {
                mismatch |= objects ^ isBrace;
                objects >>= 1;
            }

            // The bits after the bracket get the state after it.
            isInObject ^= (isInObject ^ (0 - (objects & 1))) & (0 - (bit << 1));
        }

        _objects = objects;
        int opened = BitOperations.PopCount(open);
        int before = Depth;
        Depth = before + opened - BitOperations.PopCount(close);
        return (mismatch & 1) | (isInObject & inObject) | (~isInObject & inArray)
            | (before + opened > MaxDepth && Deepest(open, close, before) > MaxDepth ? 1ul : 0);
    }

    private static int Deepest(ulong open, ulong close, int depth)
    {
        int deepest = depth;
        for (ulong rest = open | close; rest != 0; rest &= rest - 1)
        {
            depth += (open & rest & (0 - rest)) != 0 ? 1 : -1;
            deepest = Math.Max(deepest, depth);
        }

        return deepest;
    }

    /// <summary>The tokens that directly follow those of a set, and some of the bytes between tokens.</summary>
    /// <param name="set">Some of the tokens.</param>
    /// <param name="between">All bytes that are not tokens.</param>
    /// <param name="pending">1 if the last token before this block belongs to the set; receives the same for the next block.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Following(ulong set, ulong between, ref ulong pending)
    {
        ulong sum = ((set << 1) | pending) + between;
        pending = (set >> 63) | (sum < between ? 1ul : 0);
        return sum;
    }
}
