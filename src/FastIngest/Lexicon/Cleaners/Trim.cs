using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Removes white space at both ends.</summary>
internal sealed class Trim : ICleaner
{
    public static string Name => "trim";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        ReadOnlySpan<byte> trimmed = WhiteSpaceScan.Trimmed(text);
        if (trimmed.Length == text.Length)
        {
            return false;
        }

        output.Append(trimmed);
        return true;
    }
}
