using System.Numerics;
using System.Runtime.CompilerServices;

namespace FastIngest.Json.Structural;

/// <summary>The tokens of 64 bytes: what stands outside of strings, and where strings, numbers and literals start.</summary>
internal struct Tokens
{
    public ulong Strings, Scalars;

    /// <summary>Braces and brackets that open, those that close, and which of them are braces.</summary>
    public ulong Open, Close, Brace;

    public ulong Colons, Commas;

    public readonly ulong All => Strings | Scalars | Open | Close | Colons | Commas;
}

/// <summary>
/// JSON's grammar on 64 bytes at a time. Most of it says which token may follow which: all tokens that follow one of a
/// set are found by an addition, whose carry runs over the bytes between them. What depends on whether an object or an
/// array is open is looked at bracket by bracket.
/// <code>
/// text             {"a": 1, "b": []}
/// commas                  ^
/// behind them                ^         a value, and in an object a string
/// keys              ^       ^          strings that are not behind a colon, in an object
/// behind them          ^       ^       all the colons that there are, and nothing else
/// </code>
/// </summary>
internal struct Grammar
{
    public const int MaxDepth = 64;

    // For each set: 1 where its last token was the last of all, and what follows it is still to come.
    private ulong _behindSeparator;
    private ulong _behindColon;
    private ulong _behindOpen;
    private ulong _behindKey;

    // A bit for each level that is open, the innermost lowest: 1 for an object. Outside of everything it is as in an array.
    private ulong _objects;

    /// <summary>Before the first token: a value must come.</summary>
    public static Grammar Start => new() { _behindSeparator = 1 };

    /// <summary>How many objects and arrays are open behind the block.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether there was a value, and nothing is open.</summary>
    public readonly bool IsWhole => Depth == 0 && _behindSeparator == 0;

    /// <summary>Whether the next 64 bytes may follow those before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Accept(in Tokens tokens)
    {
        ulong all = tokens.All;
        ulong between = ~all;
        ulong separators = tokens.Colons | tokens.Commas;
        ulong behindSeparator = Following(separators, between, ref _behindSeparator) & all;
        ulong behindColon = Following(tokens.Colons, between, ref _behindColon);
        ulong behindKey = Following(tokens.Strings & ~behindColon, between, ref _behindKey) & all;
        ulong behindOpen = Following(tokens.Open, between, ref _behindOpen) & all;

        // Values stand behind separators and opening brackets and nowhere else, closing ones behind anything but separators.
        ulong valuePlaces = behindSeparator | behindOpen;
        ulong faults = (tokens.Close & behindSeparator) | (separators & valuePlaces) | (all & ~(separators | tokens.Close | valuePlaces));
        ulong inObject = (behindKey ^ tokens.Colons) | ((tokens.Open | tokens.Scalars) & ~behindColon);
        return (faults | Nest(tokens.Open, tokens.Close, tokens.Brace, inObject, tokens.Colons)) == 0;
    }

    /// <summary>
    /// Opens and closes; returns what is wrong in what is open, up to each bracket and behind the last.
    /// <code>
    /// text           {"a": [1, 2], "b"}
    /// in an object    111111     111111      a bracket itself belongs to what is around it
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

            // Behind the bracket it is as it is now.
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

    /// <summary>The tokens right behind those of a set, and some of the bytes between.</summary>
    /// <param name="set">Some of the tokens.</param>
    /// <param name="between">All bytes that are no tokens.</param>
    /// <param name="pending">1 where the one before this block belongs to the set; receives the same for the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Following(ulong set, ulong between, ref ulong pending)
    {
        ulong sum = ((set << 1) | pending) + between;
        pending = (set >> 63) | (sum < between ? 1ul : 0);
        return sum;
    }
}
