using System.CommandLine;
using HealthIngestion.CommandLine;

namespace HealthIngestion.Options;

/// <summary>Where the metrics of a run go.</summary>
internal sealed class MetricsOptions
{
    public Option<string?> File { get; } = new("--metrics-file")
    {
        HelpName = "FILE",
        Description = "write metrics for Prometheus' node exporter, every five seconds and at the end (default: not written)",
        CustomParser = Values.NotEmpty,
    };

    public Option<string?> Otlp { get; } = new("--otlp")
    {
        HelpName = "URL",
        Description = "send metrics and a trace to an OpenTelemetry collector, such as http://localhost:4318 (default: not sent)",
        CustomParser = Values.NotEmpty,
    };

    /// <summary>What a collector may ask for.</summary>
    public static HelpLine Environment => new("OTEL_EXPORTER_OTLP_HEADERS", "headers for the collector of --otlp, such as Authorization=Bearer%20abc, separated by commas");

    public Option[] All => [File, Otlp];
}
