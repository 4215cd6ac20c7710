namespace FastIngest.Json.Structure;

/// <summary>
/// JSON's grammar as a table: what may come next, and what a token makes of it. A step is a state, with marks for what
/// happens to the nesting.
/// </summary>
internal static class Grammar
{
    public const byte KeyOrEnd = 0, Key = 1, Colon = 2, MemberValue = 3, MemberEnd = 4, ItemOrEnd = 5, Item = 6, ItemEnd = 7, Error = 8;

    /// <summary>The token opens an object or an array, or closes what is open.</summary>
    public const byte OpensObject = 0x10, OpensArray = 0x20, Closes = 0x40, ChangesDepth = OpensObject | OpensArray | Closes;

    public const int TokenBits = 3;

    private const int StateCount = 9;
    private const byte OpenBrace = 0, CloseBrace = 1, OpenBracket = 2, CloseBracket = 3, ColonSign = 4, Comma = 5, Quote = 6, Scalar = 7;

    /// <summary>The kind of token that a byte outside of strings begins.</summary>
    public static readonly byte[] Tokens = MakeTokens();

    /// <summary>By state and kind of token, state first. Of what closes, the state is that of what was open around it.</summary>
    public static readonly byte[] Steps = MakeSteps();

    /// <summary>Bytes that may stand behind a number or a literal.</summary>
    public static readonly bool[] EndsScalar = MakeEnds();

    private static byte[] MakeTokens()
    {
        byte[] tokens = new byte[256];
        tokens.AsSpan().Fill(Scalar);
        tokens['{'] = OpenBrace;
        tokens['}'] = CloseBrace;
        tokens['['] = OpenBracket;
        tokens[']'] = CloseBracket;
        tokens[':'] = ColonSign;
        tokens[','] = Comma;
        tokens['"'] = Quote;
        return tokens;
    }

    private static byte[] MakeSteps()
    {
        byte[] steps = new byte[StateCount << TokenBits];
        steps.AsSpan().Fill(Error);
        foreach ((byte state, byte behindValue) in ((byte, byte)[])[(MemberValue, MemberEnd), (ItemOrEnd, ItemEnd), (Item, ItemEnd)])
        {
            Set(state, OpenBrace, KeyOrEnd | OpensObject);
            Set(state, OpenBracket, ItemOrEnd | OpensArray);
            Set(state, Quote, behindValue);
            Set(state, Scalar, behindValue);
        }

        Set(KeyOrEnd, Quote, Colon);
        Set(Key, Quote, Colon);
        Set(Colon, ColonSign, MemberValue);
        Set(MemberEnd, Comma, Key);
        Set(ItemEnd, Comma, Item);
        Set(KeyOrEnd, CloseBrace, Closes);
        Set(MemberEnd, CloseBrace, Closes);
        Set(ItemOrEnd, CloseBracket, Closes);
        Set(ItemEnd, CloseBracket, Closes);
        return steps;

        void Set(int state, int token, int step) => steps[(state << TokenBits) | token] = (byte)step;
    }

    private static bool[] MakeEnds()
    {
        bool[] ends = new bool[256];
        foreach (byte b in "{}[]:,\" \t\r\n"u8)
        {
            ends[b] = true;
        }

        return ends;
    }
}
