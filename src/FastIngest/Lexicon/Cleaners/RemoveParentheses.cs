using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Removes each <c>(</c> up to the next <c>)</c>. A <c>(</c> without <c>)</c> remains.</summary>
internal sealed class RemoveParentheses : ICleaner
{
    public static string Name => "remove-parentheses";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        bool changed = false;
        while (true)
        {
            int open = text.IndexOf((byte)'(');
            int length = open < 0 ? -1 : text[open..].IndexOf((byte)')');
            if (length < 0)
            {
                break;
            }

            changed = true;
            output.Append(text[..open]);
            text = text[(open + length + 1)..];
        }

        if (changed)
        {
            output.Append(text);
        }

        return changed;
    }
}
