namespace FastIngest.Generate.Exports;

/// <summary>
/// The clock of all people in generated exports: Central European Time, with summer time from 01:00 UTC on the last Sunday of March to
/// 01:00 UTC on the last Sunday of October. Times are seconds since 1970 in UTC.
/// </summary>
internal sealed class BerlinClock
{
    public const string ZoneName = "Europe/Berlin";

    public const int DaySeconds = 24 * HourSeconds;

    public const int HourSeconds = 3600;

    private static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

    // The last answer holds for this range of times.
    private long _from;
    private long _beforeExcl;
    private int _offset;

    /// <summary>Returns the seconds that local time is ahead of UTC.</summary>
    public int OffsetAt(long utc)
    {
        if (utc < _from || utc >= _beforeExcl)
        {
            int year = DateOnly.FromDayNumber(DayNumberOf(utc)).Year;
            long spring = ChangeOf(year, month: 3), autumn = ChangeOf(year, month: 10);
            (_from, _beforeExcl, _offset) =
                utc < spring ? (StartOf(new DateOnly(year, 1, 1)), spring, HourSeconds)
                : utc < autumn ? (spring, autumn, 2 * HourSeconds)
                : (autumn, StartOf(new DateOnly(year, 12, 31)) + DaySeconds, HourSeconds);
        }

        return _offset;
    }

    /// <summary>Returns the time of local midnight at the start of a day.</summary>
    public static long MidnightOf(DateOnly date)
    {
        bool isSummer = date > LastSundayOf(date.Year, month: 3) && date <= LastSundayOf(date.Year, month: 10);
        return StartOf(date) - (isSummer ? 2 : 1) * HourSeconds;
    }

    /// <summary>Returns the hours of a local day: 24, but 23 and 25 when the clocks change.</summary>
    public static int HoursOf(DateOnly date) =>
        date == LastSundayOf(date.Year, month: 3) ? 23 : date == LastSundayOf(date.Year, month: 10) ? 25 : 24;

    /// <summary>Returns the <see cref="DateOnly.DayNumber"/> of a time.</summary>
    public static int DayNumberOf(long seconds) => EpochDay + (int)Math.DivRem(seconds, DaySeconds).Quotient;

    /// <summary>Returns the time of midnight in UTC at the start of a day.</summary>
    public static long StartOf(DateOnly date) => (date.DayNumber - EpochDay) * (long)DaySeconds;

    private static long ChangeOf(int year, int month) => StartOf(LastSundayOf(year, month)) + HourSeconds;

    private static DateOnly LastSundayOf(int year, int month)
    {
        DateOnly last = new(year, month, 31);
        return last.AddDays(-(int)last.DayOfWeek);
    }
}
