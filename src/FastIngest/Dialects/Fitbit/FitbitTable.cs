using System.Text;

namespace FastIngest.Dialects.Fitbit;

/// <summary>
/// The CSV files of an export, such as <c>sleep_score.csv</c> and <c>heart_rate_2024-05-01.csv</c>. Most repeat the JSON files. Some have the names of
/// categories of this program.
/// </summary>
internal static class FitbitTable
{
    /// <summary>Columns that no table of this program has; each table of an export has one of them.</summary>
    private static readonly string[] Columns =
    [
        "data source", "sleep_log_entry_id", "sleep_id", "sleep_stage_id", "STRESS_SCORE", "nremhr", "low_frequency", "Infrared to Red Signal Ratio", "lower_bound",
        "temperature_samples", "sensor_type", "daily_respiratory_rate", "full_sleep_breathing_rate", "heart_zone_id",
    ];

    /// <summary>Whether a file begins with the header line of such a table.</summary>
    /// <param name="head">The first bytes in UTF-8.</param>
    public static bool Is(ReadOnlySpan<byte> head)
    {
        head = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        int end = head.IndexOfAny((byte)'\r', (byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? default : head[..end];
        string[] names = Encoding.UTF8.GetString(line).Split(',', StringSplitOptions.TrimEntries);
        return Columns.Any(names.Contains) && !names.Contains("user_id");
    }
}
