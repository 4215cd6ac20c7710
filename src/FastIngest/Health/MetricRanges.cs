using FastIngest.Samples;

namespace FastIngest.Health;

/// <summary>The values of one metric that a person can have, in micros of its unit, both ends included.</summary>
/// <param name="Name">The name of the metric in UTF-8.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Max">The largest value.</param>
internal sealed record MetricRange(byte[] Name, long Min, long Max)
{
    /// <summary>Whether both values are within the range.</summary>
    public bool Contains(long smallest, long largest) => smallest >= Min && largest <= Max;
}

/// <summary>
/// The ranges of the metrics that a field of a category has, too: a heart rate is one, whether it is a record or a sample. Other metrics
/// have no range. docs/formats.md has the table.
/// </summary>
internal static class MetricRanges
{
    // By the length of the name, so that few names are compared.
    private static readonly MetricRange[][] ByLength = Create();

    /// <summary>Returns the range of a metric; null without one.</summary>
    /// <param name="metric">The name of the metric in UTF-8.</param>
    public static MetricRange? Find(ReadOnlySpan<byte> metric)
    {
        if (metric.Length >= ByLength.Length)
        {
            return null;
        }

        foreach (MetricRange range in ByLength[metric.Length])
        {
            if (metric.SequenceEqual(range.Name))
            {
                return range;
            }
        }

        return null;
    }

    /// <summary>Returns the category and the field whose range a metric has; null for a metric without one. A sleep is an interval of minutes, and its range is that of hours.</summary>
    private static (Category Category, string Field)? FieldOf(Metric metric)
    {
        if (metric.Kind == MetricKind.Sleep)
        {
            return (Category.Sleep, "total_sleep");
        }

        if (metric == Metrics.HeartRate || metric == Metrics.RestingHeartRate || metric == Metrics.WalkingHeartRate)
        {
            return (Category.HeartRate, "value");
        }

        return metric == Metrics.Steps ? (Category.Activities, "steps")
            : metric == Metrics.ActiveEnergy || metric == Metrics.BasalEnergy || metric == Metrics.TotalEnergy ? (Category.Activities, "calories_burned")
            : metric.Kind == MetricKind.Cumulative && metric.Unit == "km" ? (Category.Activities, "distance")
            : metric.Kind == MetricKind.Cumulative && metric.Unit == "min" ? (Category.Activities, "duration")
            : metric == Metrics.DietaryEnergy ? (Category.Nutrition, "calories")
            : metric == Metrics.Protein ? (Category.Nutrition, "protein")
            : metric == Metrics.Carbohydrates ? (Category.Nutrition, "carbs")
            : metric == Metrics.Fat ? (Category.Nutrition, "fat")
            : metric == Metrics.Weight ? (Category.Users, "weight")
            : metric == Metrics.Height ? (Category.Users, "height")
            : null;
    }

    private static MetricRange[][] Create()
    {
        List<MetricRange> ranges = [];
        foreach (Metric metric in Metrics.All)
        {
            if (FieldOf(metric) is { } field)
            {
                (long min, long max) = PlausibleRanges.Of(field.Category)[field.Field];
                long unit = metric.Kind == MetricKind.Sleep ? 60_000_000 : 1_000_000;
                ranges.Add(new MetricRange(metric.Utf8Name, min * unit, max * unit));
            }
        }

        MetricRange[][] byLength = new MetricRange[ranges.Max(r => r.Name.Length) + 1][];
        for (int length = 0; length < byLength.Length; length++)
        {
            byLength[length] = [.. ranges.Where(r => r.Name.Length == length)];
        }

        return byLength;
    }
}
