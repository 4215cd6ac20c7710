namespace FastIngest.Sinks;

/// <summary>Stand-in until the sinks are merged.</summary>
public static class SinkFactory
{
    public static ISummarySink Create(string url, Func<Stream> openStandardOutput) =>
        throw new IngestException($"unknown target {url}.", "Use sqlite:FILE, ndjson:FILE or ndjson:-.");
}
