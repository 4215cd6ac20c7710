using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>
/// One step of cleaning a text: a pure function. When the result of a cleaner changes for any text, its version must be
/// increased, so that previously cleaned entries are recognised as outdated.
/// </summary>
internal interface ICleaner
{
    static abstract string Name { get; }

    static abstract int Version { get; }

    /// <summary>Writes the cleaned text and returns true; returns false when the text does not change.</summary>
    /// <param name="text">Valid UTF-8 without U+0000.</param>
    /// <param name="output">An empty buffer. It receives valid UTF-8 when the result is true; otherwise its content is undefined.</param>
    static abstract bool Clean(ReadOnlySpan<byte> text, TextBuffer output);
}
