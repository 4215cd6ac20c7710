using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Removes references to notes such as <c>[1]</c>: ASCII digits between brackets.</summary>
internal sealed class RemoveReferences : ICleaner
{
    public static string Name => "remove-references";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        bool changed = false;
        int copied = 0;
        int from = 0;
        while (text[from..].IndexOf((byte)'[') is >= 0 and var found)
        {
            int open = from + found;
            int digits = text[(open + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            from = open + 1;
            if (digits > 0 && text[open + 1 + digits] == ']')
            {
                changed = true;
                output.Append(text[copied..open]);
                copied = from = open + digits + 2;
            }
        }

        if (changed)
        {
            output.Append(text[copied..]);
        }

        return changed;
    }
}
