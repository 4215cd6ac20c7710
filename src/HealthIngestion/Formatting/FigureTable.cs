using System.Text;

namespace HealthIngestion.Formatting;

/// <summary>A small table: a first column of names, then numbers, then perhaps one of words.</summary>
internal sealed record FigureTable(IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows, bool LastIsText)
{
    public bool IsLeftAligned(int column) => column == 0 || (LastIsText && column == Header.Count - 1);

    /// <summary>Columns aligned with blanks, for logs and pipes.</summary>
    public string ToPlainText()
    {
        int[] widths = new int[Header.Count];
        foreach (IReadOnlyList<string> row in Rows.Prepend(Header))
        {
            for (int i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], CellText.Width(row[i]));
            }
        }

        StringBuilder text = new();
        foreach (IReadOnlyList<string> row in Rows.Prepend(Header))
        {
            int start = text.Length;
            for (int i = 0; i < widths.Length; i++)
            {
                string cell = CellText.Pad(row[i], widths[i], IsLeftAligned(i));
                text.Append(i == 0 ? "" : "  ").Append(cell);
            }

            while (text.Length > start && text[^1] == ' ')
            {
                text.Length--;
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
