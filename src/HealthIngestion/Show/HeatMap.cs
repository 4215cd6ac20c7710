using System.Globalization;
using System.Text;

namespace HealthIngestion.Show;

/// <summary>A calendar of blocks: a column is a week, a row a day of the week, and a fuller block a larger value.</summary>
internal static class HeatMap
{
    private const int LabelCells = 5, DaysAWeek = 7, MaxYears = 10;
    private const string Blocks = "░▒▓█";

    private static readonly string[] Weekdays = ["Mon", "", "Wed", "", "Fri", "", "Sun"];

    /// <summary>Draws the years that have days, each as far as the width allows, and a line that explains the blocks.</summary>
    /// <param name="measure">What is drawn.</param>
    /// <param name="days">The days, in order.</param>
    /// <param name="values">Their values.</param>
    /// <param name="width">The cells of a line.</param>
    /// <param name="paint">The colours.</param>
    public static string Draw(ShownMeasure measure, IReadOnlyList<int> days, IReadOnlyList<double> values, int width, Paint paint)
    {
        Dictionary<int, double> byDay = [];
        for (int i = 0; i < days.Count; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                byDay[days[i]] = values[i];
            }
        }

        double[] sorted = [.. byDay.Values];
        Array.Sort(sorted);
        double[] limits = Limits(sorted);
        int cells = width >= LabelCells + (2 * 54) ? 2 : 1;
        int weeks = Math.Max(4, (width - LabelCells) / cells);
        StringBuilder text = new();
        int lastYear = DateOnly.FromDayNumber(days[^1]).Year, firstYear = Math.Max(DateOnly.FromDayNumber(days[0]).Year, lastYear - MaxYears + 1);
        for (int year = firstYear; year <= lastYear; year++)
        {
            int start = new DateOnly(year, 1, 1).DayNumber, end = year == lastYear ? days[^1] : new DateOnly(year, 12, 31).DayNumber;
            for (int from = start - (start % DaysAWeek); from <= end; from += weeks * DaysAWeek)
            {
                int to = from + (weeks * DaysAWeek) - 1;
                if (to >= days[0])
                {
                    DrawWeeks(text, year, Math.Max(from, start), Math.Min(to, end), from, cells, byDay, limits, paint);
                }
            }
        }

        text.Append(new string(' ', LabelCells)).Append(paint.Dim("· no day"));
        int used = LabelCells + "· no day".Length;
        for (int i = 0; i < Blocks.Length && i <= limits.Length; i++)
        {
            double from = i == 0 ? sorted[0] : limits[i - 1];
            string words = $" {measure.WithUnit(from)}+";
            bool fits = used + words.Length + 3 <= width;
            text.Append(fits ? "  " : "\n" + new string(' ', LabelCells)).Append(paint.Heat(LevelOf(from, limits), Blocks[LevelOf(from, limits)].ToString())).Append(words);
            used = (fits ? used + 2 : LabelCells) + 1 + words.Length;
        }

        return text.Append('\n').ToString();
    }

    private static void DrawWeeks(
        StringBuilder text, int year, int first, int last, int monday, int cells, Dictionary<int, double> byDay, double[] limits, Paint paint)
    {
        int weeks = ((last - monday) / DaysAWeek) + 1;
        char[] months = new char[(weeks * cells) + 3];
        Array.Fill(months, ' ');
        int free = 0;
        for (int day = first; day <= last; day++)
        {
            DateOnly date = DateOnly.FromDayNumber(day);
            int at = (day - monday) / DaysAWeek * cells;
            if (date.Day == 1 && at >= free)
            {
                date.ToString("MMM", CultureInfo.InvariantCulture).CopyTo(0, months, at, 3);
                free = at + 4;
            }
        }

        text.Append(paint.Bold(year.ToString("0000", CultureInfo.InvariantCulture))).Append(' ').Append(paint.Dim(new string(months).TrimEnd())).Append('\n');
        for (int row = 0; row < DaysAWeek; row++)
        {
            StringBuilder line = new();
            int lastCell = 0;
            for (int week = 0; week < weeks; week++)
            {
                int day = monday + (week * DaysAWeek) + row;
                bool isIn = day >= first && day <= last;
                if (isIn && byDay.TryGetValue(day, out double value))
                {
                    int level = LevelOf(value, limits);
                    line.Append(paint.Heat(level, new string(Blocks[level], cells)));
                    lastCell = line.Length;
                }
                else
                {
                    line.Append(isIn ? paint.Dim("·" + new string(' ', cells - 1)) : new string(' ', cells));
                    lastCell = isIn ? line.Length : lastCell;
                }
            }

            line.Length = lastCell;
            text.Append(paint.Dim(Weekdays[row].PadRight(LabelCells))).Append(line).Append('\n');
        }
    }

    /// <summary>The values that divide the days into four equal shares; fewer if they are few or alike.</summary>
    private static double[] Limits(double[] sorted)
    {
        List<double> limits = [];
        for (int i = 1; i < Blocks.Length; i++)
        {
            double limit = sorted[sorted.Length * i / Blocks.Length];
            if (limit > (limits.Count > 0 ? limits[^1] : sorted[0]))
            {
                limits.Add(limit);
            }
        }

        return [.. limits];
    }

    /// <summary>The level of a value; with fewer limits the largest values still have the fullest block.</summary>
    private static int LevelOf(double value, double[] limits) => Blocks.Length - 1 - limits.Length + Array.FindAll(limits, limit => value >= limit).Length;
}
