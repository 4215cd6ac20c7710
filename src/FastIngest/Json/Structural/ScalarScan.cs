using System.Buffers;

namespace FastIngest.Json.Structural;

/// <summary>Validates numbers, literals and escapes at any place of a text.</summary>
internal static class ScalarScan
{
    /// <summary>The bytes that may follow a number or a literal.</summary>
    private static readonly SearchValues<byte> Ends = SearchValues.Create("{}[]:,\" \t\r\n"u8);

    /// <summary>Whether the text starts with a number, true, false or null that is followed by a valid end.</summary>
    public static bool IsScalar(ReadOnlySpan<byte> text)
    {
        int length = text[0] switch
        {
            (byte)'t' => text.StartsWith("true"u8) ? 4 : 0,
            (byte)'f' => text.StartsWith("false"u8) ? 5 : 0,
            (byte)'n' => text.StartsWith("null"u8) ? 4 : 0,
            _ => NumberLength(text),
        };
        return length > 0 && (length == text.Length || Ends.Contains(text[length]));
    }

    /// <summary>
    /// Whether the escape that begins at a backslash is valid. A high surrogate is valid only with its partner, and both are
    /// checked together.
    /// </summary>
    /// <param name="partnerAt">
    /// The offset where a low surrogate is expected, if its high surrogate was seen. The caller keeps it between calls.
    /// </param>
    public static bool IsEscape(ReadOnlySpan<byte> text, int at, ref int partnerAt)
    {
        ReadOnlySpan<byte> escape = text[at..];
        if (escape.Length < 2)
        {
            return false;
        }

        if (escape[1] != 'u')
        {
            return escape[1] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t';
        }

        int unit = CodeUnit(escape);
        if (unit is < 0xD800 or > 0xDFFF)
        {
            return unit >= 0;
        }

        if (unit >= 0xDC00)
        {
            return at == partnerAt;
        }

        partnerAt = at + 6;
        return escape.Length >= 12 && escape[6] == '\\' && escape[7] == 'u' && CodeUnit(escape[6..]) is >= 0xDC00 and <= 0xDFFF;
    }

    private static int NumberLength(ReadOnlySpan<byte> text)
    {
        int at = text[0] == '-' ? 1 : 0;
        int digits = Digits(text, at);
        if (digits == 0 || (digits > 1 && text[at] == '0'))
        {
            return 0;
        }

        at += digits;
        if (at < text.Length && text[at] == '.')
        {
            digits = Digits(text, at + 1);
            if (digits == 0)
            {
                return 0;
            }

            at += 1 + digits;
        }

        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at += at + 1 < text.Length && text[at + 1] is (byte)'+' or (byte)'-' ? 2 : 1;
            digits = Digits(text, at);
            if (digits == 0)
            {
                return 0;
            }

            at += digits;
        }

        return at;
    }

    private static int Digits(ReadOnlySpan<byte> text, int from)
    {
        int at = from;
        while (at < text.Length && (uint)(text[at] - '0') <= 9)
        {
            at++;
        }

        return at - from;
    }

    /// <summary>The value of the four hexadecimal digits after \u, or -1.</summary>
    private static int CodeUnit(ReadOnlySpan<byte> escape)
    {
        if (escape.Length < 6)
        {
            return -1;
        }

        int unit = 0;
        for (int i = 2; i < 6; i++)
        {
            int digit = HexValue(escape[i]);
            if (digit < 0)
            {
                return -1;
            }

            unit = (unit << 4) | digit;
        }

        return unit;
    }

    private static int HexValue(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
