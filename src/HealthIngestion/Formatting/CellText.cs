using System.Globalization;
using System.Text;

namespace HealthIngestion.Formatting;

/// <summary>Texts in the cells of a terminal. Texts of the data may hold anything; nothing of it may control the terminal.</summary>
internal static class CellText
{
    /// <summary>Characters that take two cells: the first and the last of each range (Unicode, East_Asian_Width W and F).</summary>
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>Replaces what would move the cursor, change colours or turn the direction of writing.</summary>
    public static string Clean(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            clean.Append(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || rune.Value is (>= 0x200E and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)
                ? "\uFFFD" : rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>The cells that a text takes.</summary>
    public static int Width(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Width(rune);
        }

        return width;
    }

    /// <summary>Fills a text with blanks.</summary>
    public static string Pad(string text, int width, bool isLeftAligned)
    {
        string blanks = new(' ', Math.Max(0, width - Width(text)));
        return isLeftAligned ? text + blanks : blanks + text;
    }

    /// <summary>Cuts a text that takes more cells; it then ends with an ellipsis.</summary>
    public static string Cut(string text, int maxWidth)
    {
        if (Width(text) <= maxWidth)
        {
            return text;
        }

        StringBuilder cut = new();
        int width = 1;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Width(rune);
            if (width > maxWidth)
            {
                break;
            }

            cut.Append(rune.ToString());
        }

        return cut.Append('…').ToString();
    }

    /// <summary>Breaks a text into lines at blanks.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        StringBuilder line = new();
        int cells = 0;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int wordCells = Width(word);
            if (cells > 0 && cells + 1 + wordCells > width)
            {
                yield return line.ToString();
                line.Clear();
                cells = 0;
            }

            line.Append(cells > 0 ? " " : "").Append(word);
            cells += wordCells + (cells > 0 ? 1 : 0);
        }

        if (cells > 0)
        {
            yield return line.ToString();
        }
    }

    private static int Width(Rune rune)
    {
        if (rune.Value < 0x300)
        {
            return 1;
        }

        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
        {
            return 0;
        }

        foreach ((int first, int last) in Wide)
        {
            if (rune.Value >= first && rune.Value <= last)
            {
                return 2;
            }
        }

        return 1;
    }
}
