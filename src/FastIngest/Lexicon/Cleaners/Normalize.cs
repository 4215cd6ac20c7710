using System.Text;
using FastIngest.Lexicon.Texts;
using FastIngest.Lexicon.Unicode;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>
/// Unicode normalization form C (UAX 15), by <see cref="NormalizationData"/>: the runtime's own does nothing under
/// invariant globalization. Text is looked at up to the first code point that may change something; from the starter
/// before that up to the next quiet one a segment is normalized, and so on.
/// </summary>
internal sealed class Normalize : ICleaner
{
    /// <summary>U+0300, the first code point that is not a quiet starter, begins with this byte; all before it with lower ones.</summary>
    private const byte FirstLead = 0xCC;

    private const int SegmentCodePoints = 32;

    public static string Name => "nfc";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        int unquiet = NextUnquiet(text, 0);
        if (unquiet < 0)
        {
            return false;
        }

        int copied = 0;
        Span<int> codePoints = stackalloc int[SegmentCodePoints];
        Span<byte> classes = stackalloc byte[SegmentCodePoints];
        NormalizedSegment segment = new(codePoints, classes);
        while (unquiet >= 0)
        {
            int start = StartOfCodePointBefore(text, unquiet, copied);
            output.Append(text[copied..start]);
            int at = start;
            do
            {
                Rune.DecodeFromUtf8(text[at..], out Rune rune, out int length);
                segment.Add(rune.Value);
                at += length;
            }
            while (at < text.Length && (at <= unquiet || ClassAt(text, at, out _) != 0));

            segment.Flush(output);
            copied = at;
            unquiet = NextUnquiet(text, at);
        }

        segment.Dispose();
        output.Append(text[copied..]);
        return !output.Text.SequenceEqual(text);
    }

    /// <summary>The first code point from a place on that is not a quiet starter, or -1.</summary>
    private static int NextUnquiet(ReadOnlySpan<byte> text, int from)
    {
        for (int i = from; i < text.Length;)
        {
            if (text[i] < FirstLead)
            {
                int skipped = text[i..].IndexOfAnyInRange(FirstLead, byte.MaxValue);
                if (skipped < 0)
                {
                    return -1;
                }

                i += skipped;
            }

            if (ClassAt(text, i, out int length) != 0)
            {
                return i;
            }

            i += length;
        }

        return -1;
    }

    /// <summary>The class of the code point that starts at a place, and its bytes.</summary>
    private static byte ClassAt(ReadOnlySpan<byte> text, int at, out int length)
    {
        int lead = text[at];
        if (lead < FirstLead)
        {
            length = lead < 0x80 ? 1 : 2;
            return 0;
        }

        length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        int block = length switch
        {
            2 => lead & 0x1F,
            3 => ((lead & 0x0F) << 6) | (text[at + 1] & 0x3F),
            _ => ((lead & 0x07) << 12) | ((text[at + 1] & 0x3F) << 6) | (text[at + 2] & 0x3F),
        };
        return CanonicalMapping.ClassOf(block, text[at + length - 1] & 0x3F);
    }

    /// <summary>Where the code point before a place starts; the place itself where nothing is left before it.</summary>
    private static int StartOfCodePointBefore(ReadOnlySpan<byte> text, int at, int from)
    {
        int start = at;
        while (start > from)
        {
            start--;
            if ((text[start] & 0xC0) != 0x80)
            {
                break;
            }
        }

        return start;
    }
}
