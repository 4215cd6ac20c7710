namespace FastIngest.Storage.Http;

/// <summary>How patient requests are; tests set other figures.</summary>
internal sealed record HttpTuning
{
    public static HttpTuning Default { get; } = new();

    /// <summary>From the request to the last byte of its answer. An API may compute an embedding before it answers.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts after the first. With the pauses below they take some 25 seconds: as long as a service takes to start.</summary>
    public int Retries { get; init; } = 7;

    /// <summary>The pauses double, each drawn at random around its length.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Addresses may change behind a name; no connection lives longer.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock that pauses and the time limit of an attempt go by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
