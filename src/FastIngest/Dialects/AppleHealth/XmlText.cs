using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>
/// Decodes values of attributes: the five named entities and character references; line breaks and tabs become blanks, as XML
/// demands. Control characters, which XML forbids but exports contain, are left out. An unknown entity stays as it is written.
/// </summary>
internal static class XmlText
{
    private const int MaxEntityBytes = 12;

    private static readonly SearchValues<byte> Special = SearchValues.Create([(byte)'&', .. Enumerable.Range(0, ' ').Select(b => (byte)b)]);

    /// <summary>Whether a value contains something to decode.</summary>
    public static bool NeedsDecoding(ReadOnlySpan<byte> raw) => raw.ContainsAny(Special);

    /// <summary>Decodes a value.</summary>
    /// <param name="raw">The value as written.</param>
    /// <param name="destination">Receives the text; at least as long as the value.</param>
    /// <returns>The length of the text in bytes.</returns>
    public static int Decode(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        int length = 0;
        while (!raw.IsEmpty)
        {
            int plain = raw.IndexOfAny(Special);
            plain = plain < 0 ? raw.Length : plain;
            raw[..plain].CopyTo(destination[length..]);
            length += plain;
            raw = raw[plain..];
            if (raw.IsEmpty)
            {
                break;
            }

            if (raw[0] == '&' && TryDecodeEntity(raw, destination[length..], out int read, out int written))
            {
                raw = raw[read..];
                length += written;
                continue;
            }

            // A carriage return and the line feed after it are one line break.
            int bytes = raw.StartsWith("\r\n"u8) ? 2 : 1;
            byte b = raw[0] is (byte)'\t' or (byte)'\r' or (byte)'\n' ? (byte)' ' : raw[0];
            if (b >= ' ')
            {
                destination[length++] = b;
            }

            raw = raw[bytes..];
        }

        return length;
    }

    private static bool TryDecodeEntity(ReadOnlySpan<byte> raw, Span<byte> destination, out int read, out int written)
    {
        read = written = 0;
        int end = raw[..Math.Min(raw.Length, MaxEntityBytes)].IndexOf((byte)';');
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> name = raw[1..end];
        int code = name switch
        {
            [(byte)'l', (byte)'t'] => '<',
            [(byte)'g', (byte)'t'] => '>',
            [(byte)'a', (byte)'m', (byte)'p'] => '&',
            [(byte)'q', (byte)'u', (byte)'o', (byte)'t'] => '"',
            [(byte)'a', (byte)'p', (byte)'o', (byte)'s'] => '\'',
            [(byte)'#', (byte)'x', ..] => Number(name[2..], 'x'),
            [(byte)'#', ..] => Number(name[1..], 'D'),
            _ => -1,
        };
        if (!Rune.IsValid(code))
        {
            return false;
        }

        read = end + 1;
        bool isControl = code < ' ' && code is not ('\t' or '\r' or '\n');
        written = isControl ? 0 : new Rune(code).EncodeToUtf8(destination);
        return true;
    }

    private static int Number(ReadOnlySpan<byte> digits, char format) =>
        Utf8Parser.TryParse(digits, out uint code, out int read, format) && read == digits.Length && code <= int.MaxValue ? (int)code : -1;
}
