using System.Text.Unicode;

namespace FastIngest.Json.Shapes;

/// <summary>Finds the end of strings that hold escapes or other than ASCII: the slow part of the fast path.</summary>
internal static class StringScan
{
    /// <summary>
    /// The length of the text before the closing quote, -1 when it is not certainly a valid string, or does not end.
    /// </summary>
    /// <param name="text">From behind the opening quote on.</param>
    /// <param name="from">Bytes known to be plain.</param>
    /// <param name="isEscaped">Whether it has a backslash.</param>
    public static int Length(ReadOnlySpan<byte> text, int from, out bool isEscaped)
    {
        isEscaped = false;
        bool isAscii = true;
        bool mayBeSurrogate = false;
        for (int i = from; i < text.Length; i++)
        {
            byte b = text[i];
            if (b == '"')
            {
                ReadOnlySpan<byte> inside = text[..i];
                return (isAscii || Utf8.IsValid(inside)) && !(mayBeSurrogate && JsonString.HasLoneSurrogate(inside)) ? i : -1;
            }

            if (b == '\\')
            {
                isEscaped = true;
                int escape = EscapeLength(text[i..]);
                if (escape == 0)
                {
                    return -1;
                }

                // The surrogates are \uD800 to \uDFFF.
                mayBeSurrogate |= escape == 6 && (text[i + 2] | 0x20) == 'd';
                i += escape - 1;
            }
            else if (b < 0x20)
            {
                return -1;
            }
            else if (b >= 0x80)
            {
                isAscii = false;
            }
        }

        return -1;
    }

    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 6)
        {
            return 0;
        }

        return text[1] switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => 2,
            (byte)'u' when char.IsAsciiHexDigit((char)text[2]) && char.IsAsciiHexDigit((char)text[3])
                && char.IsAsciiHexDigit((char)text[4]) && char.IsAsciiHexDigit((char)text[5]) => 6,
            _ => 0,
        };
    }
}
