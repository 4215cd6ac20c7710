using System.Text;
using FastIngest.Samples;

namespace FastIngest.Dialects.JsonExports;

/// <summary>Finds the conversion of a unit that stands in each record, without memory for it.</summary>
internal static class UnitTexts
{
    private const int MaxBytes = 64, MaxKept = 256;

    /// <summary>The units that are kept for one metric. A race only loses an entry.</summary>
    private sealed record Known(byte[] Unit, UnitFactor? Factor);

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Known[]> ByTarget = new(StringComparer.Ordinal);

    /// <summary>Returns the conversion of a unit to that of a metric; null when there is none.</summary>
    /// <param name="unit">The unit in UTF-8.</param>
    /// <param name="metric">The metric. Of a cumulative one, a unit for a day is taken as that of the total.</param>
    public static UnitFactor? Find(ReadOnlySpan<byte> unit, Metric metric)
    {
        if (unit.Length > MaxBytes)
        {
            return null;
        }

        string key = metric.Name;
        Known[] known = ByTarget.GetValueOrDefault(key) ?? [];
        foreach (Known one in known)
        {
            if (unit.SequenceEqual(one.Unit))
            {
                return one.Factor;
            }
        }

        UnitFactor? factor = Convert(Encoding.UTF8.GetString(unit), metric);
        if (known.Length < MaxKept)
        {
            ByTarget[key] = [.. known, new Known(unit.ToArray(), factor)];
        }

        return factor;
    }

    private static UnitFactor? Convert(string unit, Metric metric)
    {
        if (metric.Kind == MetricKind.Cumulative)
        {
            foreach (string day in (string[])["/(24.h)", "/(24h)", "/24.h", "/24h", "/d", "/day"])
            {
                unit = unit.EndsWith(day, StringComparison.Ordinal) ? unit[..^day.Length] : unit;
            }
        }

        return Units.Convert(unit, metric.Unit);
    }
}
