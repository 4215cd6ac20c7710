using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Removes <c>[ ] /</c>, the delimiters of pronunciations.</summary>
internal sealed class RemoveIpaDelimiters : ICleaner
{
    public static string Name => "remove-ipa-delimiters";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        int at = text.IndexOfAny((byte)'[', (byte)']', (byte)'/');
        if (at < 0)
        {
            return false;
        }

        while (at >= 0)
        {
            output.Append(text[..at]);
            text = text[(at + 1)..];
            at = text.IndexOfAny((byte)'[', (byte)']', (byte)'/');
        }

        output.Append(text);
        return true;
    }
}
