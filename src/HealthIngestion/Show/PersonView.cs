using System.Globalization;
using System.Text;
using FastIngest.Reports;
using HealthIngestion.Formatting;

namespace HealthIngestion.Show;

/// <summary>The days of a person as text: one day in full, a month day by day, and a longer time as a calendar and months.</summary>
/// <param name="width">The cells of a line.</param>
/// <param name="paint">The colours.</param>
internal sealed class PersonView(int width, Paint paint)
{
    /// <summary>A longer time is shown by months.</summary>
    private const int MaxDaysInTable = 31;

    private const int MinLineCells = 8;

    public string Draw(PersonDays person)
    {
        StringBuilder text = new();
        string id = CellText.Clean(person.UserId);
        string name = person.Profile?.Name is { Length: > 0 } given ? CellText.Clean(given) : id;
        string range = person.Days.Count == 1 ? Long(person.Days[0]) : $"{Figures.Count(person.Days.Count, "day")}, {Iso(person.Days[0])} to {Iso(person.Days[^1])}";
        text.Append(paint.Bold(CellText.Cut(name, width))).Append('\n');
        text.Append(paint.Dim(CellText.Cut(name == id ? range : $"{id} · {range}", width))).Append("\n\n");
        if (person.Days.Count == 1)
        {
            DrawDay(text, person);
        }
        else
        {
            DrawLines(text, person);
            if (person.Days[^1] - person.Days[0] < MaxDaysInTable)
            {
                DrawTable(text, person, "DATE", Days(person));
            }
            else
            {
                // The calendar has the value that most days have; of equal ones the first.
                ShownMeasure fullest = ShownMeasure.All[0];
                foreach (ShownMeasure measure in ShownMeasure.All)
                {
                    fullest = Count(person[measure.Name]) > Count(person[fullest.Name]) ? measure : fullest;
                }

                if (Has(person[fullest.Name]))
                {
                    text.Append(paint.Bold(fullest.Title)).Append('\n').Append(HeatMap.Draw(fullest, person.Days, person[fullest.Name], width, paint)).Append('\n');
                }

                DrawTable(text, person, "MONTH", Months(person));
            }
        }

        return text.ToString();
    }

    private void DrawDay(StringBuilder text, PersonDays person)
    {
        ShownMeasure[] shown = Array.FindAll(ShownMeasure.All, m => Has(person[m.Name]));
        int titles = shown.Length == 0 ? 0 : shown.Max(m => m.Title.Length);
        string[] values = Array.ConvertAll(shown, m => m.Value(person[m.Name][0]));
        int cells = values.Length == 0 ? 0 : values.Max(v => v.Length);
        for (int i = 0; i < shown.Length; i++)
        {
            text.Append($"{shown[i].Title.PadRight(titles)}  {paint.Bold(values[i].PadLeft(cells))} {paint.Dim(shown[i].Unit)}".TrimEnd()).Append('\n');
        }

        if (person.LastSummary is { Length: > 0 } summary)
        {
            text.Append(shown.Length > 0 ? "\n" : "");
            foreach (string line in CellText.Wrap(CellText.Clean(summary), width))
            {
                text.Append(line).Append('\n');
            }
        }
    }

    /// <summary>A line of blocks for each of the main measures, with the mean and the range.</summary>
    private void DrawLines(StringBuilder text, PersonDays person)
    {
        ShownMeasure[] shown = Array.FindAll(ShownMeasure.All, m => m.HasLine && Has(person[m.Name]));
        if (shown.Length == 0)
        {
            return;
        }

        int titles = shown.Max(m => m.Title.Length);
        string[] means = Array.ConvertAll(shown, m => m.Value(Sparkline.Mean(person[m.Name], 0, person.Days.Count)));
        string[] ranges = Array.ConvertAll(shown, m => $"{m.Value(Range(person[m.Name]).Least)} to {m.WithUnit(Range(person[m.Name]).Most)}");
        int meanCells = means.Max(m => m.Length), rangeCells = ranges.Max(r => r.Length);
        int room = Math.Max(MinLineCells, width - titles - meanCells - rangeCells - 13);
        int lineCells = Math.Min(room, Calendar(person, shown[0]).Count);
        bool hasRange = titles + lineCells + meanCells + rangeCells + 13 <= width;
        for (int i = 0; i < shown.Length; i++)
        {
            string line = Sparkline.Draw(Calendar(person, shown[i]), lineCells);
            text.Append(shown[i].Title.PadRight(titles)).Append("  ").Append(paint.Line(CellText.Pad(line, lineCells, isLeftAligned: true)))
                .Append("  ").Append(paint.Dim("mean ")).Append(means[i].PadLeft(meanCells)).Append(hasRange ? $"   {paint.Dim(ranges[i])}" : "").Append('\n');
        }

        text.Append('\n');
    }

    /// <summary>The values by calendar day, so that a missing day is a gap; NaN there.</summary>
    private static List<double> Calendar(PersonDays person, ShownMeasure measure)
    {
        // Of a very long time only the last part has a place of its own for each day.
        int first = Math.Max(person.Days[0], person.Days[^1] - 20_000);
        List<double> values = [];
        for (int i = 0; i < person.Days.Count; i++)
        {
            while (person.Days[i] >= first && values.Count < person.Days[i] - first)
            {
                values.Add(double.NaN);
            }

            if (person.Days[i] >= first)
            {
                values.Add(person[measure.Name][i]);
            }
        }

        return values;
    }

    /// <summary>A table whose rows are days or months; a month has the means of its days.</summary>
    private void DrawTable(StringBuilder text, PersonDays person, string header, List<Period> rows)
    {
        bool hasDays = rows.Exists(r => r.Before - r.From > 1);
        List<string> headers = hasDays ? [header, "DAYS"] : [header];
        List<List<string>> cells = rows.ConvertAll(r => (List<string>)(hasDays ? [r.Label, Figures.Count(r.Before - r.From)] : [r.Label]));
        int used = 0;
        for (int i = 0; i < headers.Count; i++)
        {
            used += Math.Max(headers[i].Length, cells.Max(c => c[i].Length)) + 2;
        }

        foreach (ShownMeasure measure in ShownMeasure.All)
        {
            string[] column = [.. rows.ConvertAll(r => measure.Value(Sparkline.Mean(person[measure.Name], r.From, r.Before)))];
            int columnCells = Math.Max(measure.Header.Length, column.Max(c => c.Length)) + 2;
            if (!Has(person[measure.Name]) || used + columnCells - 2 > width)
            {
                continue;
            }

            used += columnCells;
            headers.Add(measure.Header);
            for (int i = 0; i < column.Length; i++)
            {
                cells[i].Add(column[i]);
            }
        }

        string table = new FigureTable(headers, [.. cells], LastIsText: false).ToPlainText();
        int end = table.IndexOf('\n', StringComparison.Ordinal);
        text.Append(paint.Dim(table[..end])).Append(table.AsSpan(end));
    }

    private static List<Period> Days(PersonDays person)
    {
        List<Period> days = [];
        for (int i = 0; i < person.Days.Count; i++)
        {
            days.Add(new Period($"{Iso(person.Days[i])} {Date(person.Days[i]).ToString("ddd", CultureInfo.InvariantCulture)}", i, i + 1));
        }

        return days;
    }

    private static List<Period> Months(PersonDays person)
    {
        List<Period> months = [];
        int from = 0;
        for (int i = 1; i <= person.Days.Count; i++)
        {
            if (i == person.Days.Count || Month(person.Days[i]) != Month(person.Days[from]))
            {
                months.Add(new Period(Month(person.Days[from]), from, i));
                from = i;
            }
        }

        return months;
    }

    private static bool Has(IReadOnlyList<double> values) => Count(values) > 0;

    private static int Count(IReadOnlyList<double> values)
    {
        int count = 0;
        foreach (double value in values)
        {
            count += double.IsNaN(value) ? 0 : 1;
        }

        return count;
    }

    private static (double Least, double Most) Range(IReadOnlyList<double> values)
    {
        (double least, double most) = (double.MaxValue, double.MinValue);
        foreach (double value in values)
        {
            (least, most) = double.IsNaN(value) ? (least, most) : (Math.Min(least, value), Math.Max(most, value));
        }

        return (least, most);
    }

    private static DateOnly Date(int day) => DateOnly.FromDayNumber(day);

    private static string Iso(int day) => Date(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Month(int day) => Date(day).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static string Long(int day) => Date(day).ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>A row of the table: the days with an index in the half-open range [From, Before).</summary>
    private sealed record Period(string Label, int From, int Before);
}
