namespace FastIngest.Json;

/// <summary>Cuts texts that are shown to users.</summary>
public static class ShortText
{
    /// <summary>Longer names are cut to this length in bytes.</summary>
    public const int MaxNameBytes = 100;

    /// <summary>Longer values of examples are cut to this length in bytes.</summary>
    public const int MaxExampleBytes = 40;

    private static ReadOnlySpan<byte> Ellipsis => "…"u8;

    /// <summary>Returns the length in bytes to which a UTF-8 text is cut: at most <paramref name="max"/>, and no character is cut in two.</summary>
    public static int LengthOf(ReadOnlySpan<byte> text, int max)
    {
        if (text.Length <= max)
        {
            return text.Length;
        }

        int length = max;
        while (length > 0 && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }

    /// <summary>Returns a text, or its beginning and an ellipsis if it has more than <paramref name="max"/> bytes.</summary>
    public static byte[] Cut(ReadOnlySpan<byte> text, int max) =>
        text.Length <= max ? text.ToArray() : [.. text[..LengthOf(text, max)], .. Ellipsis];

    /// <summary>Returns the value of an example, in quotes if it is a string.</summary>
    public static byte[] Example(ReadOnlySpan<byte> value, bool isText)
    {
        byte[] cut = Cut(value, MaxExampleBytes);
        return isText ? [(byte)'"', .. cut, (byte)'"'] : cut;
    }
}
