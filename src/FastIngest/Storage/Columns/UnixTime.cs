using System.Globalization;
using FastIngest.Json;

namespace FastIngest.Storage.Columns;

/// <summary>Days and local times since 1970-01-01, as columns hold them.</summary>
internal static class UnixTime
{
    public const long MicrosPerDay = 86_400_000_000;

    /// <summary>The length in bytes of the longest time, <c>2024-05-01T07:30:00.123456</c>.</summary>
    public const int MaxBytes = 26;

    private const long MicrosPerSecond = 1_000_000;

    /// <summary>The day 1970-01-01 as days since 0001-01-01.</summary>
    public static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>Returns the days since 0001-01-01.</summary>
    /// <param name="unixDay">Days since 1970-01-01.</param>
    public static int Day(int unixDay) => unixDay + EpochDay;

    /// <summary>Writes a time in the form of ISO 8601, with a fraction where it has one, and returns its length.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/> bytes.</param>
    /// <param name="micros">Microseconds since 1970-01-01.</param>
    public static int Write(Span<byte> destination, long micros)
    {
        long day = Math.DivRem(micros, MicrosPerDay, out long time);
        if (time < 0)
        {
            (day, time) = (day - 1, time + MicrosPerDay);
        }

        DayText.Write(destination, Day((int)day));
        TimeSpan clock = TimeSpan.FromMicroseconds(time);
        clock.TryFormat(destination[(DayText.Bytes + 1)..], out int bytes, time % MicrosPerSecond == 0 ? @"hh\:mm\:ss" : @"hh\:mm\:ss\.ffffff", CultureInfo.InvariantCulture);
        destination[DayText.Bytes] = (byte)'T';
        return DayText.Bytes + 1 + bytes;
    }
}
