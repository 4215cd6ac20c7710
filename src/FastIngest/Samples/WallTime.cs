using System.Buffers.Binary;
using FastIngest.Json;

namespace FastIngest.Samples;

/// <summary>A point in time by the clock of the person.</summary>
/// <param name="Day">The calendar day as days since 0001-01-01.</param>
/// <param name="Micros">The microseconds since midnight; 0 for a day without a time.</param>
/// <param name="HasTime">Whether a time is known.</param>
public readonly record struct WallTime(int Day, long Micros, bool HasTime = true)
{
    /// <summary>The required size of a destination in bytes: <c>2024-01-31T12:34:56.123456</c>.</summary>
    public const int MaxBytes = 26;

    public const long MicrosPerSecond = 1_000_000, MicrosPerDay = 86_400 * MicrosPerSecond;

    /// <summary>The microseconds since 0001-01-01 on the local clock.</summary>
    public long TotalMicros => (Day * MicrosPerDay) + Micros;

    /// <summary>Returns the time that lies some microseconds later on the same clock.</summary>
    public WallTime Plus(long micros)
    {
        long total = TotalMicros + micros;
        return new WallTime((int)(total / MicrosPerDay), total % MicrosPerDay, HasTime);
    }

    /// <summary>Writes the time in the form that <see cref="DateParser"/> reads; returns the length in bytes.</summary>
    public int Write(Span<byte> destination)
    {
        DayText.Write(destination, Day);
        return WriteTime(destination);
    }

    /// <summary>Writes the time after the day, which the destination has already; returns the length with the day in bytes.</summary>
    public int WriteTime(Span<byte> destination)
    {
        if (!HasTime)
        {
            return DayText.Bytes;
        }

        uint second = (uint)(Micros / MicrosPerSecond);
        long fraction = Micros - (second * MicrosPerSecond);
        (uint hour, uint minute) = (second / 3600, second / 60 % 60);
        destination[10] = (byte)'T';
        BinaryPrimitives.WriteUInt64LittleEndian(
            destination[11..], Pair(hour) | ((ulong)':' << 16) | (Pair(minute) << 24) | ((ulong)':' << 40) | (Pair(second % 60) << 48));
        int length = 19;
        if (fraction > 0)
        {
            destination[length++] = (byte)'.';
            for (long unit = MicrosPerSecond / 10; fraction > 0; unit /= 10)
            {
                destination[length++] = (byte)('0' + (fraction / unit));
                fraction %= unit;
            }
        }

        return length;
    }

    /// <summary>The two digits of a number below 100, the first one in the lowest byte.</summary>
    private static ulong Pair(uint value)
    {
        uint tens = (value * 103) >> 10;
        return 0x3030 + tens + ((value - (tens * 10)) << 8);
    }
}
