using System.Buffers;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>Removes <c>* † ‡ § ¶</c>.</summary>
internal sealed class RemoveMarks : ICleaner
{
    // The first bytes of the marks: * is 2A, † and ‡ are E2 80 A0 and E2 80 A1, § and ¶ are C2 A7 and C2 B6.
    private static readonly SearchValues<byte> Starts = SearchValues.Create((byte)'*', 0xE2, 0xC2);

    public static string Name => "remove-marks";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        bool changed = false;
        int copied = 0;
        int at = text.IndexOfAny(Starts);
        while (at >= 0)
        {
            int length = MarkLength(text[at..]);
            if (length > 0)
            {
                changed = true;
                output.Append(text[copied..at]);
                copied = at + length;
            }

            int from = at + Math.Max(length, 1);
            int next = text[from..].IndexOfAny(Starts);
            at = next < 0 ? -1 : from + next;
        }

        if (changed)
        {
            output.Append(text[copied..]);
        }

        return changed;
    }

    private static int MarkLength(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'*', ..] => 1,
        [0xC2, 0xA7 or 0xB6, ..] => 2,
        [0xE2, 0x80, 0xA0 or 0xA1, ..] => 3,
        _ => 0,
    };
}
