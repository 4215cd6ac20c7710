using System.Text;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Ndjson;

namespace FastIngest.Tests.Support;

/// <summary>The results of a run: its rows and rejects as text, and its report.</summary>
internal sealed record RunResult(string Rows, string Rejects, IngestReport Report);

internal static class Run
{
    /// <summary>Ingests into memory and, if given, into another sink.</summary>
    public static RunResult Ingest(IngestOptions options, params ISummarySink[] others)
    {
        using TemporaryFolder folder = new(inMemory: true);
        options = options with { RejectsPath = folder.File("rejects.ndjson") };
        using MemoryStream output = new();
        NdjsonSink sink = new("-", () => output);
        IngestReport report = Task.Run(() => Complete(options, sink, others)).GetAwaiter().GetResult();
        return new RunResult(
            Encoding.UTF8.GetString(output.ToArray()),
            File.Exists(options.RejectsPath) ? File.ReadAllText(options.RejectsPath) : "",
            report);
    }

    private static async Task<IngestReport> Complete(IngestOptions options, NdjsonSink sink, ISummarySink[] others)
    {
        await using (sink)
        {
            return await HealthIngest.RunAsync(options, [sink, .. others], null, CancellationToken.None);
        }
    }
}
