namespace FastIngest.Lexicon.Cleaners;

/// <summary>Detects code points with Unicode's White_Space property in UTF-8. The 25 code points have not changed since Unicode 6.3.</summary>
internal static class WhiteSpaceScan
{
    /// <summary>The length in bytes of the white space code point at the start of a text; 0 if there is none.</summary>
    public static int Length(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)' ' or (>= 0x09 and <= 0x0D), ..] => 1,
        [0xC2, 0x85 or 0xA0, ..] => 2,
        [0xE1, 0x9A, 0x80, ..] => 3,
        [0xE2, 0x80, (>= 0x80 and <= 0x8A) or 0xA8 or 0xA9 or 0xAF, ..] => 3,
        [0xE2, 0x81, 0x9F, ..] => 3,
        [0xE3, 0x80, 0x80, ..] => 3,
        _ => 0,
    };

    /// <summary>The text without white space at its ends.</summary>
    public static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> text)
    {
        while (Length(text) is > 0 and var length)
        {
            text = text[length..];
        }

        while (LengthAtEnd(text) is > 0 and var length)
        {
            text = text[..^length];
        }

        return text;
    }

    private static int LengthAtEnd(ReadOnlySpan<byte> text)
    {
        int start = text.Length - 1;
        while (start > 0 && (text[start] & 0xC0) == 0x80)
        {
            start--;
        }

        return start < 0 ? 0 : Length(text[start..]);
    }
}
