using System.Globalization;
using System.Text;
using FastIngest.Reports;
using HealthIngestion.Formatting;

namespace HealthIngestion.Show;

/// <summary>The people of a database as a table. It keeps only the people that it shows, however many come.</summary>
/// <param name="source">The database as shown to the user.</param>
/// <param name="width">The cells of a line.</param>
/// <param name="paint">The colours.</param>
internal sealed class PeopleView(string source, int width, Paint paint)
{
    /// <summary>More people are counted and not listed.</summary>
    private const int MaxListed = 50;

    private const int MaxIdCells = 40, MaxNameCells = 24;

    private static readonly string[] Means = ["activity_steps", "sleep_hours", "resting_hr", "hr_mean", "meal_kcal", "weight"];

    private readonly List<PersonLine> _listed = [];
    private long _people, _days;
    private DateOnly _first = DateOnly.MaxValue, _last = DateOnly.MinValue;

    public void Add(PersonLine person)
    {
        _people++;
        _days += person.Days;
        _first = person.FirstDay < _first ? person.FirstDay : _first;
        _last = person.LastDay > _last ? person.LastDay : _last;
        if (_listed.Count < MaxListed)
        {
            _listed.Add(person);
        }
    }

    public string Draw()
    {
        if (_people == 0)
        {
            return $"{CellText.Clean(source)} has no days in this range.\n";
        }

        StringBuilder text = new();
        text.Append(paint.Bold(CellText.Cut(CellText.Clean(source), width))).Append('\n');
        text.Append(paint.Dim($"{Figures.Count(_people, "person", "people")}, {Figures.Count(_days, "day")}, {Iso(_first)} to {Iso(_last)}; means over the days of each person")).Append("\n\n");

        List<string> headers = ["USER"];
        List<List<string>> rows = [.. _listed.Select(p => new List<string> { CellText.Cut(CellText.Clean(p.UserId), MaxIdCells) })];
        int used = WidthOf(headers, rows, 0);
        void Add(string header, Func<PersonLine, string> cell)
        {
            string[] column = [.. _listed.Select(cell)];
            int cells = Math.Max(header.Length, column.Max(CellText.Width)) + 2;
            if (column.All(c => c.Length == 0) || used + cells > width)
            {
                return;
            }

            used += cells;
            headers.Add(header);
            for (int i = 0; i < rows.Count; i++)
            {
                rows[i].Add(column[i]);
            }
        }

        Add("DAYS", p => Figures.Count(p.Days));
        Add("FIRST", p => Iso(p.FirstDay));
        Add("LAST", p => Iso(p.LastDay));
        foreach (string name in Means)
        {
            ShownMeasure measure = Array.Find(ShownMeasure.All, m => m.Name == name)!;
            Add(measure.Header, p => measure.Value(p.Mean(name)));
        }

        Add("NAME", p => p.Name is null ? "" : CellText.Cut(CellText.Clean(p.Name), MaxNameCells));
        string table = new FigureTable(headers, [.. rows], LastIsText: headers[^1] == "NAME").ToPlainText();
        int end = table.IndexOf('\n', StringComparison.Ordinal);
        text.Append(paint.Dim(table[..end])).Append(table.AsSpan(end));
        if (_people > _listed.Count)
        {
            text.Append(paint.Dim($"and {Figures.Count(_people - _listed.Count)} more; --csv and --json list all")).Append('\n');
        }

        text.Append('\n').Append(paint.Dim($"One person: health_ingestion show --user {Argument(_listed[0].UserId)}")).Append('\n');
        return text.ToString();
    }

    private static int WidthOf(List<string> headers, List<List<string>> rows, int column) => Math.Max(headers[column].Length, rows.Max(r => CellText.Width(r[column])));

    private static string Argument(string id) => id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '@') ? id : "ID";

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
