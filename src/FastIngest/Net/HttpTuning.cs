namespace FastIngest.Net;

/// <summary>Timeouts and retries of requests; tests set other values.</summary>
internal sealed record HttpTuning
{
    public static HttpTuning Default { get; } = new();

    /// <summary>The time limit of one attempt, up to the last byte of the response. An API may compute an embedding before it responds.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of retries. With the pauses below they take about 25 seconds, the time that a service needs to start.</summary>
    public int Retries { get; init; } = 7;

    /// <summary>The pause before the first retry. Each further pause doubles, with random jitter.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The maximum age of a connection, because the DNS entry of a host may change.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock for pauses and timeouts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
