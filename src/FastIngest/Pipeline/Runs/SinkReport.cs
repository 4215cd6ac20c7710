namespace FastIngest.Pipeline.Runs;

/// <summary>What became of one sink of a run.</summary>
/// <param name="Target">The sink as shown to the user, without any secret.</param>
/// <param name="Result">What it did with the rows; null when it failed.</param>
/// <param name="Fault">Why it failed; its target is then as it was before the run.</param>
public sealed record SinkReport<TResult>(string Target, TResult? Result, Exception? Fault = null);
