namespace HealthIngestion.Telemetry;

/// <summary>Which trace a span belongs to, in hexadecimal digits.</summary>
/// <param name="TraceId">The 16 bytes of the trace.</param>
/// <param name="SpanId">The 8 bytes of the span of this command.</param>
/// <param name="ParentId">The 8 bytes of the span that it is a part of; null for none.</param>
internal sealed record TraceContext(string TraceId, string SpanId, string? ParentId)
{
    /// <summary>A trace of its own.</summary>
    public static TraceContext New() => new(Random(16), Random(8), null);

    /// <summary>The trace of a planned run: all its steps are in one, below the span of its plan.</summary>
    /// <param name="run">The id of the run: 32 bytes in hexadecimal digits.</param>
    /// <param name="isPlan">Whether the span is that of the plan.</param>
    public static TraceContext OfRun(string run, bool isPlan) =>
        isPlan ? new(run[..32], run[32..48], null) : new(run[..32], Random(8), run[32..48]);

    /// <summary>The id of a new span.</summary>
    public static string NewSpan() => Random(8);

    /// <summary>From the kernel, without OpenSSL, which a run need not have.</summary>
    private static string Random(int bytes) => Guid.NewGuid().ToString("N")[..(2 * bytes)];
}
