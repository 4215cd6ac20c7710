using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Removes markup as <see cref="RemoveMarkup"/> does, but keeps a headword that consists of nothing else, such as <c>&lt;br&gt;</c>.</summary>
internal sealed class RemoveHeadwordMarkup : ICleaner
{
    public static string Name => "remove-headword-markup";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output) =>
        RemoveMarkup.Clean(text, output) && !WhiteSpaceScan.Trimmed(output.Text).IsEmpty;
}
