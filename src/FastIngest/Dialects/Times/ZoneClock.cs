using System.Buffers.Binary;
using FastIngest.Json;
using FastIngest.Samples;
using NodaTime;
using NodaTime.TimeZones;

namespace FastIngest.Dialects.Times;

/// <summary>
/// Turns points in time into times by the clock of the person. With a chosen zone, stamps in UTC get the local time of that
/// zone; without one they keep the time of UTC, and <see cref="UtcCount"/> counts them. One clock serves one worker: it keeps
/// the last interval between two changes of the zone's offset, and the last day that was read, because neighbouring records nearly always share them.
/// </summary>
/// <param name="choice">The chosen zone; null without one.</param>
public sealed class ZoneClock(TimeZoneChoice? choice)
{
    /// <summary>The days from 0001-01-01 to 1970-01-01 and to 9999-12-31.</summary>
    private const long UnixDay = 719_162, LastDay = 3_652_058;

    private const long FirstMicros = -UnixDay * WallTime.MicrosPerDay, LastMicros = (LastDay - UnixDay) * WallTime.MicrosPerDay;

    private long _from = long.MaxValue, _until = long.MinValue, _offsetMicros;
    private ulong _dayStart;
    private ushort _dayEnd;
    private int _day;

    /// <summary>The number of stamps whose day is that of UTC, because no zone was chosen.</summary>
    public long UtcCount { get; set; }

    /// <summary>Reads <c>2024-01-31</c> as <see cref="DateParser.TryParseDay"/> does.</summary>
    /// <param name="text">10 bytes.</param>
    /// <param name="day">The day as days since 0001-01-01.</param>
    public bool TryReadDay(ReadOnlySpan<byte> text, out int day)
    {
        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(text);
        ushort end = BinaryPrimitives.ReadUInt16LittleEndian(text[8..]);
        day = _day;
        if (start == _dayStart && end == _dayEnd)
        {
            return true;
        }

        if (!DateParser.TryParseDay(text, out day))
        {
            return false;
        }

        (_dayStart, _dayEnd, _day) = (start, end, day);
        return true;
    }

    /// <summary>Returns the local time of a point in time.</summary>
    /// <param name="unixMicros">The microseconds since 1970-01-01 in UTC.</param>
    /// <param name="time">The local time.</param>
    /// <returns>False when the time lies outside of the years 1 to 9999.</returns>
    public bool TryFromUnix(long unixMicros, out WallTime time)
    {
        if (choice is null)
        {
            UtcCount++;
            return TryMake(unixMicros, out time);
        }

        if (unixMicros is < FirstMicros or > LastMicros)
        {
            time = default;
            return false;
        }

        if (unixMicros < _from || unixMicros >= _until)
        {
            ZoneInterval interval = choice.Zone.GetZoneInterval(Instant.FromUnixTimeTicks(unixMicros * 10));
            _from = interval.HasStart ? Floor(interval.Start) : long.MinValue;
            _until = interval.HasEnd ? Floor(interval.End) : long.MaxValue;
            _offsetMicros = interval.WallOffset.Seconds * WallTime.MicrosPerSecond;
        }

        return TryMake(unixMicros + _offsetMicros, out time);

        static long Floor(Instant instant) => instant.ToUnixTimeTicks() / 10;
    }

    /// <summary>Returns the local time of a stamp that is written in UTC.</summary>
    public bool TryFromUtc(in WallTime utc, out WallTime time) =>
        TryFromUnix(utc.TotalMicros - (UnixDay * WallTime.MicrosPerDay), out time);

    private static bool TryMake(long unixMicros, out WallTime time)
    {
        long day = Math.DivRem(unixMicros, WallTime.MicrosPerDay, out long micros);
        day += UnixDay - (micros < 0 ? 1 : 0);
        micros += micros < 0 ? WallTime.MicrosPerDay : 0;
        time = new WallTime((int)day, micros);
        return day is >= 0 and <= LastDay;
    }
}
