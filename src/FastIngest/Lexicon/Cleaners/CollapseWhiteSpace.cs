using System.Buffers;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Makes every run of white space one blank, and leaves none at the ends.</summary>
internal sealed class CollapseWhiteSpace : ICleaner
{
    // What white space begins with, but for the blank: blanks are many, and few of them are followed by white space.
    private static readonly SearchValues<byte> Starts = SearchValues.Create(0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0xC2, 0xE1, 0xE2, 0xE3);

    public static string Name => "white-space";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        ReadOnlySpan<byte> rest = WhiteSpaceScan.Trimmed(text);
        bool changed = rest.Length != text.Length;
        int copied = 0;

        // The next two blanks, and the next white space that is no blank. Each is looked for once it is passed, and not before:
        // text of one sort alone would otherwise be gone through again and again.
        int blanks = NextBlanks(rest, 0);
        int other = NextOther(rest, 0);
        while (Math.Min(blanks, other) < rest.Length)
        {
            // A blank may stand before the other white space.
            int start = Math.Min(blanks, other > copied && rest[other - 1] == ' ' ? other - 1 : other);
            int end = start;
            while (WhiteSpaceScan.Length(rest[end..]) is > 0 and var length)
            {
                end += length;
            }

            changed = true;
            output.Append(rest[copied..start]);
            output.Append((byte)' ');
            copied = end;
            blanks = blanks < end ? NextBlanks(rest, end) : blanks;
            other = other < end ? NextOther(rest, end) : other;
        }

        if (changed)
        {
            output.Append(rest[copied..]);
        }

        return changed;
    }

    /// <summary>Where two blanks stand, from a place on; the end where none do.</summary>
    private static int NextBlanks(ReadOnlySpan<byte> text, int from)
    {
        int found = text[from..].IndexOf("  "u8);
        return found < 0 ? text.Length : from + found;
    }

    /// <summary>Where white space other than a blank stands, from a place on; the end where none does.</summary>
    private static int NextOther(ReadOnlySpan<byte> text, int from)
    {
        for (int i = from; text[i..].IndexOfAny(Starts) is >= 0 and var skipped; i++)
        {
            i += skipped;
            if (WhiteSpaceScan.Length(text[i..]) > 0)
            {
                return i;
            }
        }

        return text.Length;
    }
}
