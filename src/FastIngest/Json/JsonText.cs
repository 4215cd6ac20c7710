using System.Buffers;

namespace FastIngest.Json;

/// <summary>
/// Writes UTF-8 text as a JSON string, byte for byte like Python's <c>json.dumps(ensure_ascii=False)</c>: only
/// <c>"</c>, <c>\</c> and the control bytes below 0x20 are escaped.
/// </summary>
public static class JsonText
{
    private const int LongestEscape = 6;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'"', (byte)'\\',
    ]);

    /// <summary>Writes <paramref name="text"/> with quotes around it.</summary>
    /// <param name="output">Receives the string.</param>
    /// <param name="text">Valid UTF-8; bytes that need no escape are copied unchanged.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        int plain = text.IndexOfAny(Escaped);
        if (plain < 0)
        {
            Span<byte> whole = output.GetSpan(text.Length + 2);
            whole[0] = (byte)'"';
            text.CopyTo(whole[1..]);
            whole[text.Length + 1] = (byte)'"';
            output.Advance(text.Length + 2);
            return;
        }

        output.Write("\""u8);
        while (plain >= 0)
        {
            Span<byte> span = output.GetSpan(plain + LongestEscape);
            text[..plain].CopyTo(span);
            output.Advance(plain + WriteEscape(span[plain..], text[plain]));
            text = text[(plain + 1)..];
            plain = text.IndexOfAny(Escaped);
        }

        output.Write(text);
        output.Write("\""u8);
    }

    private static int WriteEscape(Span<byte> destination, byte value)
    {
        destination[0] = (byte)'\\';
        byte letter = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            _ => 0,
        };
        if (letter != 0)
        {
            destination[1] = letter;
            return 2;
        }

        "u00"u8.CopyTo(destination[1..]);
        destination[4] = (byte)('0' + (value >> 4));
        destination[5] = "0123456789abcdef"u8[value & 15];
        return LongestEscape;
    }
}
