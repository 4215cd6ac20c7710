using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace FastIngest.Json;

/// <summary>Decodes the bytes between the quotes of a valid JSON string.</summary>
public static class JsonString
{
    /// <summary>
    /// Decodes an escaped string into <paramref name="text"/>, which must be at least as long as <paramref name="escaped"/>,
    /// and returns the length of the text in bytes. A lone surrogate becomes U+FFFD; <see cref="HasLoneSurrogate"/> detects
    /// this case.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> text)
    {
        int written = 0;
        while (true)
        {
            int plain = escaped.IndexOf((byte)'\\');
            if (plain < 0)
            {
                escaped.CopyTo(text[written..]);
                return written + escaped.Length;
            }

            escaped[..plain].CopyTo(text[written..]);
            written += plain;
            escaped = escaped[plain..];
            if (escaped[1] == 'u')
            {
                escaped = escaped[ReadCodePoint(escaped, out Rune rune)..];
                written += rune.EncodeToUtf8(text[written..]);
            }
            else
            {
                text[written++] = escaped[1] switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'t' => (byte)'\t',
                    (byte)'r' => (byte)'\r',
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    byte same => same,
                };
                escaped = escaped[2..];
            }
        }
    }

    /// <summary>Whether the string contains an escaped surrogate without its partner.</summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<byte> escaped)
    {
        while (true)
        {
            int plain = escaped.IndexOf((byte)'\\');
            if (plain < 0)
            {
                return false;
            }

            escaped = escaped[plain..];
            if (escaped[1] != 'u')
            {
                escaped = escaped[2..];
                continue;
            }

            int length = ReadCodePoint(escaped, out Rune rune);
            if (rune == Rune.ReplacementChar && CodeUnit(escaped) != 0xFFFD)
            {
                return true;
            }

            escaped = escaped[length..];
        }
    }

    /// <summary>Reads \uXXXX or a surrogate pair of them and returns the number of bytes read: 6 or 12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadCodePoint(ReadOnlySpan<byte> escaped, out Rune rune)
    {
        char first = CodeUnit(escaped);
        if (Rune.TryCreate(first, out rune))
        {
            return 6;
        }

        if (char.IsHighSurrogate(first) && escaped.Length >= 12 && escaped[6] == '\\' && escaped[7] == 'u'
            && Rune.TryCreate(first, CodeUnit(escaped[6..]), out rune))
        {
            return 12;
        }

        rune = Rune.ReplacementChar;
        return 6;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static char CodeUnit(ReadOnlySpan<byte> escaped) =>
        (char)ushort.Parse(escaped.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
