using System.Buffers.Binary;
using FastIngest.Dialects.Times;
using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>A local time with its distance from UTC.</summary>
/// <param name="Time">The time by the clock of the person, as written.</param>
/// <param name="OffsetMinutes">The distance from UTC in minutes; null when it is not written.</param>
internal readonly record struct AppleStamp(WallTime Time, int? OffsetMinutes)
{
    /// <summary>The length of <c>2014-09-13 10:27:54 +0100</c> in bytes.</summary>
    public const int Bytes = 25;

    /// <summary>The last day of the calendar, 9999-12-31, as days since 0001-01-01.</summary>
    public const int LastDay = 3_652_058;

    private const int SecondBytes = 19;

    /// <summary>Reads <c>2014-09-13 10:27:54 +0100</c> from the first <see cref="Bytes"/> bytes of a text; false for any other form.</summary>
    public static bool TryReadUsual(ReadOnlySpan<byte> text, out AppleStamp stamp)
    {
        stamp = default;
        if (text.Length < Bytes || text[10] != ' ' || text[SecondBytes] != ' ' || !DateParser.TryParseDay(text[..SecondBytes], out int day))
        {
            return false;
        }

        uint zone = BinaryPrimitives.ReadUInt32LittleEndian(text[21..]) ^ 0x30303030;
        byte sign = text[20];
        if (((zone + 0x76767676) & 0x80808080) != 0 || (zone & 0xF0F0F0F0) != 0 || sign is not ((byte)'+' or (byte)'-'))
        {
            return false;
        }

        int hours = (int)(((zone & 0xF) * 10) + (zone >> 8 & 0xF));
        int minutes = (int)(((zone >> 16 & 0xF) * 10) + (zone >> 24));
        int offset = (hours * 60) + minutes;
        stamp = new AppleStamp(new WallTime(day, TimeOfDay.Microseconds(text[10..SecondBytes])), sign == '-' ? -offset : offset);
        return hours < 24 && minutes < 60;
    }

    /// <summary>Reads a stamp in the usual form, in the form of iOS 8, <c>20150616071820-0700</c>, or in any form that <see cref="StampReader"/> reads.</summary>
    /// <param name="text">The decoded stamp.</param>
    /// <param name="clock">Converts stamps in UTC.</param>
    /// <param name="stamp">Receives the stamp.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, ZoneClock clock, out AppleStamp stamp) =>
        (text.Length == Bytes && TryReadUsual(text, out stamp)) || TryReadOther(text, clock, out stamp);

    /// <summary>The time that passed until another stamp in microseconds, also across a change of the clock.</summary>
    public long MicrosUntil(in AppleStamp end) => end.Time.TotalMicros - Time.TotalMicros - ShiftTo(end);

    /// <summary>This time by the clock of another stamp.</summary>
    public WallTime ByClockOf(in AppleStamp other) => Time.Day is > 0 and < LastDay && ShiftTo(other) is var shift and not 0 ? Time.Plus(shift) : Time;

    /// <summary>By how much the clock of another stamp is ahead of this one in microseconds; 0 when one of them is unknown.</summary>
    private long ShiftTo(in AppleStamp other) => ((other.OffsetMinutes - OffsetMinutes) ?? 0) * 60 * WallTime.MicrosPerSecond;

    private static bool TryReadOther(ReadOnlySpan<byte> text, ZoneClock clock, out AppleStamp stamp)
    {
        if (text is [_, _, _, _, _, _, _, _, _, _, _, _, _, _, (byte)'+' or (byte)'-', _, _, _, _])
        {
            // 20150616071820-0700
            Span<byte> usual = stackalloc byte[Bytes];
            "0000-00-00 00:00:00 "u8.CopyTo(usual);
            text[..4].CopyTo(usual);
            ReadOnlySpan<byte> places = [5, 8, 11, 14, 17];
            for (int i = 0; i < places.Length; i++)
            {
                text.Slice(4 + (2 * i), 2).CopyTo(usual[places[i]..]);
            }

            text[14..].CopyTo(usual[20..]);
            return TryReadUsual(usual, out stamp);
        }

        bool isRead = StampReader.TryRead(text, Unzoned.Local, clock, out WallTime time);
        stamp = new AppleStamp(time, null);
        return isRead;
    }
}
