using System.Text;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Lower case by Unicode's simple mappings, as <see cref="string.ToLowerInvariant"/>.</summary>
internal sealed class Lowercase : ICleaner
{
    /// <summary>A mapping never makes a code point longer than this in UTF-8.</summary>
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

    /// <summary>What most languages' codes and many headwords are.</summary>
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
