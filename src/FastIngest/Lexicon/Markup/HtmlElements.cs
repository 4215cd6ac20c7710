namespace FastIngest.Lexicon.Markup;

/// <summary>The element names that count as markup in texts: those of HTML, and the extension tags of MediaWiki.</summary>
internal static class HtmlElements
{
    /// <summary>The length of the longest name.</summary>
    public const int MaxNameLength = 16;

    /// <summary>Tags of these names separate words, so that a blank takes their place.</summary>
    private const string Separating = "br hr p div li ul ol dl dt dd tr td th table blockquote center pre h1 h2 h3 h4 h5 h6";

    /// <summary>Their start tags are markup even without an end tag, because nobody uses these names in a formula or in a type.</summary>
    private const string Unmistakable = "br hr wbr sup sub span div small big strong font center blockquote ref references nowiki noinclude includeonly onlyinclude";

    /// <summary>The content of these belongs to the markup.</summary>
    private const string Dropped = "ref script style";

    /// <summary>The content of these is literal text.</summary>
    private const string Literal = "nowiki math chem ce";

    private const string Others =
        "a abbr acronym address area article aside audio b base bdi bdo body button canvas caption cite code col colgroup data datalist del details dfn dialog dir "
        + "em embed fieldset figcaption figure footer form frame gallery head header hiero html i iframe img input ins kbd label legend link main map mark menu meta "
        + "meter nav noscript object optgroup option output param picture poem progress q rb rbc rp rt rtc ruby s samp score section select source strike summary svg "
        + "syntaxhighlight tbody template templatestyles textarea tfoot thead time timeline title track tt u var video";

    private static readonly string[] Names =
        [.. string.Join(' ', Separating, Unmistakable, Dropped, Literal, Others).Split(' ').Distinct()];

    private static readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Indexes =
        Names.Select((n, i) => (n, i)).ToDictionary(n => n.n, n => n.i, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly bool[] SeparatingFlags = Flags(Separating), UnmistakableFlags = Flags(Unmistakable), DroppedFlags = Flags(Dropped), LiteralFlags = Flags(Literal);

    public static int Count => Names.Length;

    public static bool SeparatesWords(int name) => SeparatingFlags[name];

    public static bool IsUnmistakable(int name) => UnmistakableFlags[name];

    public static bool DropsContent(int name) => DroppedFlags[name];

    public static bool HasLiteralContent(int name) => LiteralFlags[name];

    /// <summary>Returns the index of a name in any case; -1 if it is not the name of an element.</summary>
    public static int Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > MaxNameLength)
        {
            return -1;
        }

        Span<char> letters = stackalloc char[MaxNameLength];
        for (int i = 0; i < name.Length; i++)
        {
            letters[i] = (char)name[i];
        }

        return Indexes.TryGetValue(letters[..name.Length], out int index) ? index : -1;
    }

    private static bool[] Flags(string names)
    {
        string[] some = names.Split(' ');
        return [.. Names.Select(n => some.Contains(n))];
    }
}
