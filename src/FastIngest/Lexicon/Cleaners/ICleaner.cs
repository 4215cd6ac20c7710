using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>
/// One step of cleaning a text: a pure function. Where its result changes for any text its version does, so that entries
/// cleaned before are known to be old.
/// </summary>
internal interface ICleaner
{
    static abstract string Name { get; }

    static abstract int Version { get; }

    /// <summary>Writes the cleaned text, or says that the text stays as it is.</summary>
    /// <param name="text">Valid UTF-8 without U+0000.</param>
    /// <param name="output">Empty; receives valid UTF-8 where the answer is true, and is undefined otherwise.</param>
    static abstract bool Clean(ReadOnlySpan<byte> text, TextBuffer output);
}
