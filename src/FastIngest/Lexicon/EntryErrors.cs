using System.Numerics;

namespace FastIngest.Lexicon;

/// <summary>
/// Validation errors of an entry. Such an entry is still written, with a lower quality. The bits are in the order of
/// <see cref="EntryErrorNames.All"/>.
/// </summary>
[Flags]
public enum EntryErrors
{
    None = 0,
    DefinitionMissing = 1,

    /// <summary>The definition has fewer than 3 code points.</summary>
    DefinitionShort = 2,

    /// <summary>The text has more than 255 code points.</summary>
    HeadwordLong = 4,

    /// <summary>The text has more than 255 code points.</summary>
    IpaLong = 8,

    /// <summary>The cleaned pronunciation contains an ASCII digit.</summary>
    IpaDigits = 16,

    /// <summary>The source pronunciation has unequal numbers of <c>[</c> and <c>]</c>.</summary>
    IpaBrackets = 32,

    /// <summary>The language does not have the form of a language code.</summary>
    LanguageCode = 64,
}

/// <summary>The names of the errors in storage, and their effect on the quality.</summary>
public static class EntryErrorNames
{
    /// <summary>Bit i of <see cref="EntryErrors"/> has name i.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["definition_missing", "definition_short", "headword_long", "ipa_long", "ipa_digits", "ipa_brackets", "language_code"];

    /// <summary>The quality in hundredths: 100 minus 15 per error, at least 10.</summary>
    public static int QualityHundredths(EntryErrors errors) => Math.Max(10, 100 - (15 * BitOperations.PopCount((uint)errors)));
}
