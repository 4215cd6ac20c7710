using System.Buffers;

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
        while (NextRun(rest) is >= 0 and var start)
        {
            int end = start;
            while (WhiteSpaceScan.Length(rest[end..]) is > 0 and var length)
            {
                end += length;
            }

            changed = true;
            output.Append(rest[..start]);
            output.Append((byte)' ');
            rest = rest[end..];
        }

        if (changed)
        {
            output.Append(rest);
        }

        return changed;
    }

    /// <summary>Where the first white space starts that is not one blank, or -1.</summary>
    private static int NextRun(ReadOnlySpan<byte> text)
    {
        int blanks = text.IndexOf("  "u8);
        int start = blanks < 0 ? text.Length : blanks;
        for (int i = 0; text[i..start].IndexOfAny(Starts) is >= 0 and var skipped; i++)
        {
            i += skipped;
            if (WhiteSpaceScan.Length(text[i..]) > 0)
            {
                // A blank may stand before it.
                return i > 0 && text[i - 1] == ' ' ? i - 1 : i;
            }
        }

        return blanks;
    }
}
