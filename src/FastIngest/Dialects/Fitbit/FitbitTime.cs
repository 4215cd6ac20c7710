using FastIngest.Dialects.Times;
using FastIngest.Samples;

namespace FastIngest.Dialects.Fitbit;

/// <summary>Reads the times of Fitbit files.</summary>
internal static class FitbitTime
{
    /// <summary>Reads <c>MM/DD/YY HH:mm:ss</c>, or ISO 8601 in files that another program has rewritten.</summary>
    /// <param name="text">The time in UTF-8.</param>
    /// <param name="unzoned">What a time without a zone means in this kind of file.</param>
    /// <param name="clock">Converts times in UTC.</param>
    /// <param name="time">Receives the local time.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, Unzoned unzoned, ZoneClock clock, out WallTime time) =>
        StampReader.TryReadMonthFirst(text, unzoned, clock, out time) || StampReader.TryRead(text, unzoned, clock, out time);
}
