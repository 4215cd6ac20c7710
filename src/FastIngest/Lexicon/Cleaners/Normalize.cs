using System.Text;
using FastIngest.Lexicon.Texts;
using FastIngest.Lexicon.Unicode;

namespace FastIngest.Lexicon.Cleaners;

/// <summary>
/// Unicode normalization form C (UAX 15), by <see cref="NormalizationData"/>, because the runtime's method does nothing with
/// invariant globalization. An inert starter is a code point that normalization neither changes nor combines with text
/// before it. Text is copied up to the first code point that is not an inert starter; the segment from the starter
/// before it up to the next inert starter is normalized, and so on.
/// </summary>
internal sealed class Normalize : ICleaner
{
    /// <summary>
    /// The first byte of U+0300, the first code point that is not an inert starter. All earlier code points have lower
    /// first bytes.
    /// </summary>
    private const byte FirstLead = 0xCC;

    private const int SegmentCodePoints = 32;

    public static string Name => "nfc";

    public static int Version => 1;

    public static bool Clean(ReadOnlySpan<byte> text, TextBuffer output)
    {
        int nonInert = NextNonInert(text, 0);
        if (nonInert < 0)
        {
            return false;
        }

        int copied = 0;
        Span<int> codePoints = stackalloc int[SegmentCodePoints];
        Span<byte> classes = stackalloc byte[SegmentCodePoints];
        NormalizedSegment segment = new(codePoints, classes);
        while (nonInert >= 0)
        {
            int start = StartOfCodePointBefore(text, nonInert, copied);
            output.Append(text[copied..start]);
            int at = start;
            do
            {
                Rune.DecodeFromUtf8(text[at..], out Rune rune, out int length);
                segment.Add(rune.Value);
                at += length;
            }
            while (at < text.Length && (at <= nonInert || ClassAt(text, at, out _) != 0));

            segment.Flush(output);
            copied = at;
            nonInert = NextNonInert(text, at);
        }

        segment.Dispose();
        output.Append(text[copied..]);
        return !output.Text.SequenceEqual(text);
    }

    /// <summary>The offset of the first code point at or after <paramref name="from"/> that is not an inert starter, or -1.</summary>
    private static int NextNonInert(ReadOnlySpan<byte> text, int from)
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

    /// <summary>Returns the class of the code point at an offset, and its length in bytes.</summary>
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

    /// <summary>
    /// The start of the code point before <paramref name="at"/>; <paramref name="at"/> itself if there is none after
    /// <paramref name="from"/>.
    /// </summary>
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
