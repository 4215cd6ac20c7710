using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Removes each <c>&lt;</c> up to the next <c>&gt;</c> with at least one character between them; <c>&lt;&gt;</c> remains.</summary>
internal sealed class RemoveTags : ICleaner
{
    public static string Name => "remove-tags";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        bool changed = false;
        while (true)
        {
            int open = text.IndexOf((byte)'<');
            int length = open < 0 ? -1 : text[open..].IndexOf((byte)'>');
            if (length < 0)
            {
                break;
            }

            // "<>" remains, and the search continues after it.
            changed |= length > 1;
            output.Append(length > 1 ? text[..open] : text[..(open + 2)]);
            text = text[(open + length + 1)..];
        }

        if (changed)
        {
            output.Append(text);
        }

        return changed;
    }
}
