using System.Text;

namespace FastIngest.Samples;

/// <summary>How the samples of a metric make up a day.</summary>
public enum MetricKind
{
    /// <summary>The samples are parts of the day's total, such as steps.</summary>
    Cumulative,

    /// <summary>Each sample is a reading of its own, such as a heart rate.</summary>
    Discrete,

    /// <summary>The samples are intervals of sleep, which the day's total counts without overlaps.</summary>
    Sleep,
}

/// <summary>A metric of samples. Its name and its unit are those of this program, whatever a vendor calls them.</summary>
/// <param name="Name">The name in the column <c>metrics</c>, in snake_case.</param>
/// <param name="Kind">How the samples make up a day.</param>
/// <param name="Unit">The unit of the stored values; empty for a count.</param>
/// <param name="Loinc">The LOINC code; null without one.</param>
public sealed record Metric(string Name, MetricKind Kind, string Unit, string? Loinc = null)
{
    /// <summary>The name in UTF-8.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);
}
