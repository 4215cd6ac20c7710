namespace FastIngest.Lexicon.Cleaners;

/// <summary>Makes every run of white space one blank, and leaves none at the ends.</summary>
internal sealed class CollapseWhiteSpace : ICleaner
{
    public static string Name => "white-space";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        ReadOnlySpan<byte> rest = WhiteSpaceScan.Trimmed(text);
        bool changed = rest.Length != text.Length;
        int start = 0;
        for (int i = 0; i < rest.Length;)
        {
            int run = 0;
            while (WhiteSpaceScan.Length(rest[(i + run)..]) is > 0 and var length)
            {
                run += length;
            }

            if (run > 1 || (run == 1 && rest[i] != ' '))
            {
                changed = true;
                output.Append(rest[start..i]);
                output.Append((byte)' ');
                start = i + run;
            }

            i += Math.Max(run, 1);
        }

        output.Append(rest[start..]);
        return changed;
    }
}
