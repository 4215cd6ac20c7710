using System.Numerics;

namespace FastIngest.Lexicon;

/// <summary>What validation found fault with in an entry that is written nevertheless. The bits are in the order of the names.</summary>
[Flags]
public enum EntryErrors
{
    None = 0,
    DefinitionMissing = 1,

    /// <summary>Under 3 code points.</summary>
    DefinitionShort = 2,

    /// <summary>Over 255 code points.</summary>
    HeadwordLong = 4,

    /// <summary>Over 255 code points.</summary>
    IpaLong = 8,

    /// <summary>An ASCII digit in the cleaned text.</summary>
    IpaDigits = 16,

    /// <summary>Not as many <c>[</c> as <c>]</c> in the source.</summary>
    IpaBrackets = 32,

    /// <summary>Not of the form of a language code.</summary>
    LanguageCode = 64,
}

/// <summary>The errors' names, as they are stored, and what they do to quality.</summary>
public static class EntryErrorNames
{
    /// <summary>Bit i of <see cref="EntryErrors"/> has name i.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["definition_missing", "definition_short", "headword_long", "ipa_long", "ipa_digits", "ipa_brackets", "language_code"];

    /// <summary>1 less 0.15 for each error, 0.1 at least; in hundredths.</summary>
    public static int QualityHundredths(EntryErrors errors) => Math.Max(10, 100 - (15 * BitOperations.PopCount((uint)errors)));
}
