using System.Text;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Converts to lower case by Unicode's simple mappings, like <see cref="string.ToLowerInvariant"/>.</summary>
internal sealed class Lowercase : ICleaner
{
    /// <summary>The maximum length of a code point in UTF-8.</summary>
    private const int MaxRuneBytes = 4;

    public static string Name => "lower-case";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        if (Ascii.IsValid(text))
        {
            return CleanAscii(text, output);
        }

        bool changed = false;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            Rune lower = Rune.ToLowerInvariant(rune);
            changed |= lower != rune;
            output.Advance(lower.EncodeToUtf8(output.GetSpan(MaxRuneBytes)));
            text = text[length..];
        }

        return changed;
    }

    /// <summary>The fast path for ASCII, which covers most language codes and many headwords.</summary>
    private static bool CleanAscii(ReadOnlySpan<byte> text, TextBuffer output)
    {
        if (text.IndexOfAnyInRange((byte)'A', (byte)'Z') < 0)
        {
            return false;
        }

        Ascii.ToLower(text, output.GetSpan(text.Length), out int length);
        output.Advance(length);
        return true;
    }
}
