namespace FastIngest.Pipeline.Runs;

/// <summary>The outcome of one sink of a run.</summary>
/// <param name="Target">The sink as shown to the user, without any secret.</param>
/// <param name="Result">The results of the sink; null when it failed.</param>
/// <param name="Fault">Why the sink failed; its target is then unchanged.</param>
public sealed record SinkReport<TResult>(string Target, TResult? Result, Exception? Fault = null);
