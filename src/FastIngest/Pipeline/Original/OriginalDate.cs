using System.Globalization;
using System.Text.RegularExpressions;

namespace FastIngest.Pipeline.Original;

/// <summary>Reads the day of a record by the section "The day" of docs/reading.md.</summary>
internal static partial class OriginalDate
{
    private const string Blank = "[ \u00A0\u202F]", Zone = "(" + Blank + "?(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?", Rest = ":[0-5][0-9](:([0-5][0-9]|60)(\\.[0-9]+)?)?";
    private const string Day24 = "(T|" + Blank + ")([01][0-9]|2[0-3])" + Rest + Zone, Day12 = Blank + "(0?[1-9]|1[0-2])" + Rest + Blank + "([AaPp][Mm]|[AaPp]\\.[Mm]\\.)" + Zone;

    /// <summary>Returns the day as days since 0001-01-01; null for a text that is no date or is ambiguous.</summary>
    /// <param name="text">A string, or a number as it is written.</param>
    public static int? Day(string text)
    {
        if (text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            int fraction = text.Length switch { 9 or 10 => 0, 12 or 13 => 3, 15 or 16 => 6, 18 or 19 => 9, _ => -1 };
            return fraction < 0 ? null : DateOnly.FromDateTime(DateTime.UnixEpoch.AddSeconds(double.Parse(text[..^fraction], CultureInfo.InvariantCulture))).DayNumber;
        }

        if (!IsUsual(text) && !Shape().IsMatch(text))
            return null;
        (int year, int month, int day) = (Digits(text.AsSpan(0, 4)), Digits(text.AsSpan(5, 2)), Digits(text.AsSpan(8, 2)));
        return year > 0 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) ? new DateOnly(year, month, day).DayNumber : null;
    }

    /// <summary>Whether the order of day and month is unknown.</summary>
    public static bool IsAmbiguous(string text) => Ambiguous().IsMatch(text);

    /// <summary>Whether a text is YYYY-MM-DD, T or a space, and HH:MM:SS. This is a part of <see cref="Shape"/>, and most times are written so.</summary>
    private static bool IsUsual(ReadOnlySpan<char> text) => text.Length == 19 && text[4] == '-' && text[7] == '-' && (text[10] is 'T' or ' ') && text[13] == ':' && text[16] == ':'
        && Digits(text[..4]) >= 0 && Digits(text[5..7]) >= 0 && Digits(text[8..10]) >= 0
        && Digits(text[11..13]) is >= 0 and <= 23 && Digits(text[14..16]) is >= 0 and <= 59 && Digits(text[17..]) is >= 0 and <= 60;

    /// <summary>The value of digits; -1 if there is any other character.</summary>
    private static int Digits(ReadOnlySpan<char> text)
    {
        int value = 0;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
                return -1;
            value = (value * 10) + (c - '0');
        }

        return value;
    }

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}(" + Day24 + "|" + Day12 + ")?\\z")]
    private static partial Regex Shape();

    [GeneratedRegex("^[0-9]{1,2}(?<separator>[/.-])[0-9]{1,2}\\k<separator>([0-9]{2}|[0-9]{4})([T,]|" + Blank + "|\\z)")]
    private static partial Regex Ambiguous();
}
