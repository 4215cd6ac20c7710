using FastIngest.Json;
using FastIngest.Samples;

namespace FastIngest.Health;

/// <summary>Recognises the metrics of sleep, whose samples are intervals.</summary>
internal static class SleepMetric
{
    private static readonly byte[][] Names = [.. Metrics.All.Where(m => m.Kind == MetricKind.Sleep).Select(m => m.Utf8Name)];

    /// <summary>Whether a metric with this name has intervals of sleep.</summary>
    public static bool Is(ReadOnlySpan<byte> metric)
    {
        if (metric.IsEmpty || metric[0] is not ((byte)'s' or (byte)'i'))
        {
            return false;
        }

        foreach (byte[] name in Names)
        {
            if (metric.SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Start and end of a sample in microseconds since 0001-01-01 on the local clock. Without an end they are equal.</summary>
    public static (long Start, long End) Interval(scoped in RecordView record)
    {
        long start = Micros(record.Timestamp);
        return (start, record.Text2.IsEmpty ? start : Micros(record.Text2));
    }

    private static long Micros(ReadOnlySpan<byte> stamp) => DateParser.TryParseDay(stamp, out int day)
        ? new WallTime(day, TimeOfDay.Microseconds(stamp[DateParser.DayBytes..])).TotalMicros : 0;
}
