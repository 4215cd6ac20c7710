using System.CommandLine;
using HealthIngestion.Exit;
using HealthIngestion.Options;

namespace HealthIngestion.Settings;

/// <summary>Where the metrics of a run go.</summary>
/// <param name="Path">The file; null for none.</param>
/// <param name="Otlp">The collector; null for none.</param>
internal sealed record MetricsSettings(string? Path, OtlpAddress? Otlp)
{
    /// <exception cref="UsageException">The URL of the collector makes no sense.</exception>
    public static MetricsSettings From(MetricsOptions options, ParseResult arguments) =>
        new(arguments.GetValue(options.File), arguments.GetValue(options.Otlp) is { } url ? OtlpAddress.Parse(url) : null);
}

/// <summary>A collector that takes OTLP over HTTP.</summary>
/// <param name="Metrics">Where metrics are posted.</param>
/// <param name="Traces">Where traces are posted.</param>
/// <param name="Headers">What every request has besides; may hold a secret.</param>
internal sealed record OtlpAddress(Uri Metrics, Uri Traces, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    private const string HeadersVariable = "OTEL_EXPORTER_OTLP_HEADERS";

    /// <exception cref="UsageException">It is no URL of a collector.</exception>
    public static OtlpAddress Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
        {
            throw new UsageException("--otlp needs the URL of a collector, such as http://localhost:4318");
        }

        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new UsageException($"--otlp takes a URL without a user, a query or a fragment; {HeadersVariable} takes what the collector asks for");
        }

        string root = address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        return new OtlpAddress(new Uri(root + "/v1/metrics"), new Uri(root + "/v1/traces"), Parse());
    }

    private static List<KeyValuePair<string, string>> Parse()
    {
        List<KeyValuePair<string, string>> headers = [];
        foreach (string pair in (Environment.GetEnvironmentVariable(HeadersVariable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string value = equals > 0 ? Uri.UnescapeDataString(pair[(equals + 1)..].Trim()) : "";
            if (equals <= 0 || value.AsSpan().ContainsAnyInRange('\0', '\x1f'))
            {
                throw new UsageException($"{HeadersVariable} is not a list of NAME=VALUE, separated by commas");
            }

            headers.Add(new(pair[..equals].Trim(), value));
        }

        return headers;
    }
}
