using System.Globalization;
using System.Text;

namespace HealthIngestion.Telemetry;

/// <summary>Metrics in Prometheus' text format 0.0.4. All are gauges: the values are those of one run, and the next one begins anew.</summary>
internal static class PrometheusText
{
    /// <summary>Writes metrics.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="common">The labels that every value has.</param>
    public static byte[] Of(IEnumerable<Metric> metrics, IReadOnlyList<MetricLabel> common)
    {
        StringBuilder text = new();
        foreach (Metric metric in metrics)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {Metric.Prefix}{metric.Name} {metric.Help}\n# TYPE {Metric.Prefix}{metric.Name} gauge\n");
            foreach (MetricValue value in metric.Values)
            {
                text.Append(Metric.Prefix).Append(metric.Name).Append('{');
                string separator = "";
                foreach (MetricLabel label in (IEnumerable<MetricLabel>)[.. common, .. value.Labels])
                {
                    text.Append(separator).Append(label.Name).Append("=\"").Append(Escape(label.Value)).Append('"');
                    separator = ",";
                }

                text.Append(CultureInfo.InvariantCulture, $"}} {value.Value:R}\n");
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
