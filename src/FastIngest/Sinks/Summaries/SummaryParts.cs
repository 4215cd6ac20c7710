using System.Buffers.Text;
using FastIngest.Health;

namespace FastIngest.Sinks.Summaries;

/// <summary>
/// Formats the lengths of a summary's parts for the column <c>summary_parts</c>: the bytes of the first sentence, then of
/// the sentences of each category in category order, separated by commas: <c>85,0,42,180,0,0,0</c>. The length for samples comes
/// last and is left out if it is 0, so that days without samples look as they did before there were samples.
/// </summary>
public static class SummaryParts
{
    /// <summary>The maximum length of the text in bytes.</summary>
    public const int MaxBytes = Categories.Count * 11;

    /// <summary>Writes the text and returns its length in bytes.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes.</param>
    /// <param name="parts">The lengths.</param>
    public static int Write(Span<byte> destination, in DailySummary.PartArray parts)
    {
        int length = 0;
        int count = parts[(int)Category.Samples] == 0 ? (int)Category.Samples : Categories.Count;
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
            {
                destination[length++] = (byte)',';
            }

            if ((uint)parts[i] < 10)
            {
                destination[length++] = (byte)('0' + parts[i]);
                continue;
            }

            Utf8Formatter.TryFormat(parts[i], destination[length..], out int bytes);
            length += bytes;
        }

        return length;
    }

    /// <summary>Reads a text in the format of <see cref="Write"/>; false for any other text or for lengths that do not add up.</summary>
    /// <param name="text">The stored text.</param>
    /// <param name="summaryBytes">The length of the summary in bytes, which the parts must add up to.</param>
    /// <param name="parts">The lengths.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, int summaryBytes, out DailySummary.PartArray parts)
    {
        parts = default;
        long total = 0;
        for (int i = 0; i < Categories.Count; i++)
        {
            if (i == (int)Category.Samples && text.IsEmpty)
            {
                break;
            }

            if (i > 0)
            {
                if (text.IsEmpty || text[0] != ',')
                {
                    return false;
                }

                text = text[1..];
            }

            if (!Utf8Parser.TryParse(text, out int length, out int bytes) || length < 0)
            {
                return false;
            }

            parts[i] = length;
            total += length;
            text = text[bytes..];
        }

        return text.IsEmpty && total == summaryBytes;
    }
}
