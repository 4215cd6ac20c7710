using FastIngest.Lexicon.Markup;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>
/// Removes HTML comments and tags of known elements, and decodes character references. A <c>&lt;</c> that does not start such
/// markup remains, as in <c>x &lt; y</c>. Glosses are cleaned one by one, so that no tag of one meets an end tag of another.
/// </summary>
internal sealed class RemoveMarkup : ICleaner
{
    public static string Name => "remove-markup";

    public static int Version => 1;

    private static ReadOnlySpan<byte> Separator => " | "u8;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        // Most texts have neither, and stay as they are.
        if (text.IndexOfAny((byte)'<', (byte)'&') < 0)
        {
            return false;
        }

        bool changed = false;
        while (text.IndexOf(Separator) is >= 0 and var length)
        {
            changed |= MarkupScan.AppendCleaned(text[..length], output);
            output.Append(Separator);
            text = text[(length + Separator.Length)..];
        }

        return MarkupScan.AppendCleaned(text, output) || changed;
    }
}
