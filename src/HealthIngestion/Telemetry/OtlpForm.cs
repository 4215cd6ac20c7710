using System.Buffers;
using System.Globalization;
using System.Text.Json;
using HealthIngestion.CommandLine;
using HealthIngestion.Exit;

namespace HealthIngestion.Telemetry;

/// <summary>
/// Metrics and traces in the JSON form of OTLP 1: ids in hexadecimal digits, 64-bit numbers as strings, names in lowerCamelCase. They are
/// written by hand, because OpenTelemetry's own library needs .NET's meters, which the program is built without.
/// </summary>
internal static class OtlpForm
{
    private const string Service = "health_ingestion";
    private const int Cumulative = 2, Internal = 1, Ok = 1, Error = 2;

    /// <summary>The body of a request to <c>/v1/metrics</c>.</summary>
    public static ReadOnlyMemory<byte> Metrics(IReadOnlyList<Metric> metrics, IReadOnlyList<MetricLabel> common, DateTime started) => Body("resourceMetrics", "scopeMetrics", json =>
    {
        string start = Nanoseconds(started), now = Nanoseconds(DateTime.UtcNow);
        json.WriteStartArray("metrics");
        foreach (Metric metric in metrics)
        {
            json.WriteStartObject();
            json.WriteString("name", Metric.Prefix + metric.Name);
            json.WriteString("description", metric.Help);
            json.WriteString("unit", metric.Name.EndsWith("_bytes", StringComparison.Ordinal) ? "By" : metric.Name.EndsWith("_seconds", StringComparison.Ordinal) ? "s" : "1");
            json.WriteStartObject(metric.IsSum ? "sum" : "gauge");
            if (metric.IsSum)
            {
                json.WriteNumber("aggregationTemporality", Cumulative);
                json.WriteBoolean("isMonotonic", true);
            }

            json.WriteStartArray("dataPoints");
            foreach (MetricValue value in metric.Values)
            {
                json.WriteStartObject();
                WriteAttributes(json, [.. common, .. value.Labels]);
                json.WriteString("startTimeUnixNano", start);
                json.WriteString("timeUnixNano", now);
                json.WriteNumber("asDouble", value.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>The body of a request to <c>/v1/traces</c>: a span for the command, and one below it for each stage.</summary>
    public static ReadOnlyMemory<byte> Trace(TraceContext trace, Span command, IReadOnlyList<Span> stages, IReadOnlyList<MetricLabel> attributes, int code) =>
        Body("resourceSpans", "scopeSpans", json =>
        {
            json.WriteStartArray("spans");
            Write(json, trace, trace.SpanId, trace.ParentId, command, [.. attributes, new MetricLabel("exit_code", code.ToString(CultureInfo.InvariantCulture))], code);
            foreach (Span stage in stages)
            {
                Write(json, trace, TraceContext.NewSpan(), trace.SpanId, stage, attributes, null);
            }

            json.WriteEndArray();
        });

    private static void Write(Utf8JsonWriter json, TraceContext trace, string id, string? parent, Span span, IReadOnlyList<MetricLabel> attributes, int? code)
    {
        json.WriteStartObject();
        json.WriteString("traceId", trace.TraceId);
        json.WriteString("spanId", id);
        if (parent is not null)
        {
            json.WriteString("parentSpanId", parent);
        }

        json.WriteString("name", span.Name);
        json.WriteNumber("kind", Internal);
        json.WriteString("startTimeUnixNano", Nanoseconds(span.Start));
        json.WriteString("endTimeUnixNano", Nanoseconds(span.End));
        WriteAttributes(json, attributes);
        if (code is { } ended)
        {
            json.WriteStartObject("status");
            json.WriteNumber("code", ended == ExitCode.Done ? Ok : Error);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Body(string resources, string scopes, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> bytes = new(4096);
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray(resources);
            json.WriteStartObject();
            json.WriteStartObject("resource");
            WriteAttributes(json, [new MetricLabel("service.name", Service), new MetricLabel("service.version", VersionText.Version)]);
            json.WriteEndObject();
            json.WriteStartArray(scopes);
            json.WriteStartObject();
            json.WriteStartObject("scope");
            json.WriteString("name", Service);
            json.WriteString("version", VersionText.Version);
            json.WriteEndObject();
            write(json);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private static void WriteAttributes(Utf8JsonWriter json, IReadOnlyList<MetricLabel> labels)
    {
        json.WriteStartArray("attributes");
        foreach (MetricLabel label in labels)
        {
            json.WriteStartObject();
            json.WriteString("key", label.Name);
            json.WriteStartObject("value");
            json.WriteString("stringValue", label.Value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Nanoseconds(DateTime time) => ((time - DateTime.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
}
