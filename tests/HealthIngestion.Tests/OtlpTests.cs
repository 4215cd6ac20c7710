using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastIngest.Tests.Storage.Http;

namespace HealthIngestion.Tests;

/// <summary>What <c>--otlp</c> sends to a collector, and what a collector that does not work can do to a run: nothing.</summary>
public sealed class OtlpTests
{
    [Fact]
    public void Metrics_and_a_trace_with_a_span_for_each_stage_arrive()
    {
        using ApiServer collector = Collector();
        using Workplace place = Workplace.WithFaultyData();
        long before = Nanoseconds(DateTime.UtcNow);
        PlannedRun.Good(HealthIngestionProcess.Run(
            place.Directory, [("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20secret, X-Other=1")], "data", "--to", "ndjson:a.ndjson", "--otlp", Root(collector)));
        long after = Nanoseconds(DateTime.UtcNow);
        Assert.All(collector.Requests, r => Assert.Equal(("application/json", "Bearer secret"), (r.ContentType, r.Authorization)));
        Assert.All(collector.Requests, r => Assert.DoesNotContain("Ada", r.Body, StringComparison.Ordinal));

        JsonElement resource = Body(collector, "/v1/metrics").GetProperty("resourceMetrics")[0];
        Assert.Contains("service.name", resource.GetProperty("resource").GetRawText(), StringComparison.Ordinal);
        Dictionary<string, JsonElement> metrics = resource.GetProperty("scopeMetrics")[0].GetProperty("metrics").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!);
        JsonElement records = metrics["health_ingestion_records"].GetProperty("sum");
        Assert.Equal(2, records.GetProperty("aggregationTemporality").GetInt32());
        Assert.True(records.GetProperty("isMonotonic").GetBoolean());
        JsonElement[] points = [.. records.GetProperty("dataPoints").EnumerateArray()];
        Assert.Equal(Workplace.Records, points.Sum(p => p.GetProperty("asDouble").GetDouble()));
        Assert.Equal(Workplace.Rejected, points.Where(p => Attribute(p, "outcome") == "rejected").Sum(p => p.GetProperty("asDouble").GetDouble()));
        Assert.All(points, p => Assert.InRange(Time(p, "startTimeUnixNano"), before - 1_000_000, Time(p, "timeUnixNano")));
        Assert.Equal("By", metrics["health_ingestion_read_bytes"].GetProperty("unit").GetString());
        Assert.Equal("s", metrics["health_ingestion_duration_seconds"].GetProperty("unit").GetString());
        Assert.Equal(1, metrics["health_ingestion_success"].GetProperty("gauge").GetProperty("dataPoints")[0].GetProperty("asDouble").GetDouble());

        JsonElement[] spans = Spans(collector, "/v1/traces").Single();
        Assert.Equal(["ingest", "read", "reduce"], spans.Select(s => s.GetProperty("name").GetString()));
        Assert.Single(spans.Select(s => s.GetProperty("traceId").GetString()).Distinct());
        Assert.All(spans, s => Assert.Matches("^[0-9a-f]{32}/[0-9a-f]{16}$", s.GetProperty("traceId").GetString() + "/" + s.GetProperty("spanId").GetString()));
        Assert.All(spans[1..], s => Assert.Equal(spans[0].GetProperty("spanId").GetString(), s.GetProperty("parentSpanId").GetString()));
        Assert.All(spans, s => Assert.True(
            before - 1_000_000 <= Time(s, "startTimeUnixNano") && Time(s, "startTimeUnixNano") <= Time(s, "endTimeUnixNano") && Time(s, "endTimeUnixNano") <= after + 1_000_000));
        Assert.Equal(1, spans[0].GetProperty("status").GetProperty("code").GetInt32());
        Assert.Equal("0", Attribute(spans[0], "exit_code"));
    }

    [Fact]
    public void The_steps_of_a_planned_run_are_one_trace_below_the_span_of_the_plan()
    {
        using ApiServer collector = Collector();
        using Workplace place = Workplace.WithData();
        PlannedRun run = new(place, "data");
        string[] otlp = ["--otlp", Root(collector) + "/"];
        PlannedRun.Good(run.Plan(2, 1, otlp));
        run.MapAll(2, otlp);
        PlannedRun.Good(run.Do("check", otlp));
        run.ReduceAll(1, otlp);
        PlannedRun.Good(run.Do("finish", otlp));
        JsonElement[] spans = [.. Spans(collector, "/v1/traces").Select(s => s[0])];
        Assert.Equal(["plan", "map", "map", "check", "reduce", "finish"], spans.Select(s => s.GetProperty("name").GetString()));
        Assert.Single(spans.Select(s => s.GetProperty("traceId").GetString()).Distinct());
        Assert.False(spans[0].TryGetProperty("parentSpanId", out _));
        Assert.All(spans[1..], s => Assert.Equal(spans[0].GetProperty("spanId").GetString(), s.GetProperty("parentSpanId").GetString()));
        Assert.Equal(["0", "1"], spans[1..3].Select(s => Attribute(s, "task")));

        // A plan with another collector is the same plan.
        Assert.DoesNotContain("otlp", File.ReadAllText(run.Path("plan.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_collector_that_is_not_there_or_refuses_is_one_warning()
    {
        using Workplace place = Workplace.WithData();
        Outcome gone = PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:a.ndjson", "--otlp", "http://127.0.0.1:1"));
        Assert.Single(gone.ErrorLines, l => l.StartsWith("warning: --otlp: http://127.0.0.1:1/v1/metrics: ", StringComparison.Ordinal));
        using ApiServer collector = ApiServer.Start(static (context, _) => ApiServer.Write(context, 401, "{}"));
        Outcome refused = PlannedRun.Good(HealthIngestionProcess.Run(
            place.Directory, [("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=secret")], "data", "--to", "ndjson:a.ndjson", "--otlp", Root(collector)));
        Assert.Single(refused.ErrorLines, l => l.Contains("/v1/metrics responds with 401.", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_collector_that_never_responds_delays_the_end_by_seconds_only()
    {
        using CancellationTokenSource end = new();
        using ApiServer collector = ApiServer.Start(async (_, _) => await Task.Delay(Timeout.Infinite, end.Token));
        using Workplace place = Workplace.WithData();
        Stopwatch time = Stopwatch.StartNew();
        Outcome outcome = PlannedRun.Good(HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:a.ndjson", "--otlp", Root(collector)));
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.Single(outcome.ErrorLines, l => l.Contains("/v1/metrics does not respond.", StringComparison.Ordinal));
        end.Cancel();
    }

    [Theory]
    [InlineData("ftp://host", "--otlp needs the URL of a collector", "")]
    [InlineData("localhost:4318", "--otlp needs the URL of a collector", "")]
    [InlineData("http://me:secret@host", "--otlp takes a URL without a user", "")]
    [InlineData("http://host/?token=secret", "--otlp takes a URL without a user, a query", "")]
    [InlineData("http://host", "OTEL_EXPORTER_OTLP_HEADERS is not a list", "secret")]
    [InlineData("http://host", "OTEL_EXPORTER_OTLP_HEADERS is not a list", "a=secret%0d%0aX: y")]
    public void A_collector_that_makes_no_sense_is_wrong_usage(string url, string message, string headers)
    {
        using Workplace place = Workplace.WithData();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("OTEL_EXPORTER_OTLP_HEADERS", headers)], "data", "--to", "ndjson:a.ndjson", "--otlp", url);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", outcome.Error, StringComparison.Ordinal);
        Assert.False(place.Has("a.ndjson"));
    }

    private static ApiServer Collector() => ApiServer.Start(static (context, _) => ApiServer.Write(context, 200, "{}"));

    private static string Root(ApiServer collector) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{collector.Port}");

    /// <summary>The last body that was posted to a path.</summary>
    private static JsonElement Body(ApiServer collector, string path) => JsonDocument.Parse(collector.Requests.Last(r => r.Path == path).Body).RootElement;

    private static IEnumerable<JsonElement[]> Spans(ApiServer collector, string path) => collector.Requests.Where(r => r.Path == path).Select(r =>
        JsonDocument.Parse(r.Body).RootElement.GetProperty("resourceSpans")[0].GetProperty("scopeSpans")[0].GetProperty("spans").EnumerateArray().ToArray());

    private static string? Attribute(JsonElement owner, string key) =>
        owner.GetProperty("attributes").EnumerateArray().Single(a => a.GetProperty("key").GetString() == key).GetProperty("value").GetProperty("stringValue").GetString();

    private static long Time(JsonElement owner, string name) => long.Parse(owner.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static long Nanoseconds(DateTime time) => (time - DateTime.UnixEpoch).Ticks * 100;
}
