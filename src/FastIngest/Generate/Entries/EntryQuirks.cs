namespace FastIngest.Generate.Entries;

/// <summary>Quirks that make a line unusual or invalid. No quirk adds a line feed, so that the other lines do not change.</summary>
internal static class EntryQuirks
{
    private static ReadOnlySpan<byte> WordKey => "\"word\": \""u8;

    /// <summary>Applies a random quirk to the line from an offset to the end of the buffer.</summary>
    public static void Distort(LineBuffer lines, int start, ref RandomSource random)
    {
        byte[] line = lines.From(start).ToArray();
        int text = line.AsSpan().IndexOf(WordKey) + WordKey.Length;
        lines.CutTo(start);
        switch (random.Below(11))
        {
            // Invalid: truncated, not JSON, not an object, invalid text.
            case 0:
                lines.Put(line.AsSpan(0, random.Between(1, line.Length - 1)));
                break;
            case 1:
                lines.Put("not json"u8);
                break;
            case 2:
                lines.Put("[1, 2]"u8);
                break;
            case 3:
                Insert(lines, line, text, random.Chance(50) ? "\\ud83d"u8 : "\\udc00"u8);
                break;
            case 4:
                Insert(lines, line, text, [0xC3, 0x28]);
                break;

            // Not an entry: a redirect, or a headword that is not a string.
            case 5:
                lines.Put("{\"title\": \"glow\", \"redirect\": \"glows\"}"u8);
                break;
            case 6:
                Insert(lines, line, line.Length - 1, ", \"word\": 5"u8);
                break;

            // Valid but unusual: U+0000, a Windows line end, marks, surrounding white space with an escaped name.
            case 7:
                Insert(lines, line, text, "\\u0000"u8);
                break;
            case 8:
                Insert(lines, line, line.Length, "\r"u8);
                break;
            case 9:
                Insert(lines, line, text, "* (old)  \\t"u8);
                break;
            default:
                lines.Put("  "u8);
                Insert(lines, line, 1, "\"w\\u006frd\": \"\", "u8);
                break;
        }
    }

    private static void Insert(LineBuffer lines, byte[] line, int at, ReadOnlySpan<byte> bytes)
    {
        lines.Put(line.AsSpan(0, at));
        lines.Put(bytes);
        lines.Put(line.AsSpan(at));
    }
}
