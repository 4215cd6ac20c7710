using System.Text;
using FastIngest.Pipeline;
using FastIngest.Sinks.Ndjson;

namespace FastIngest.Tests.Support;

/// <summary>What a run gave: its rows and rejects as text, and its report.</summary>
internal sealed record RunResult(string Rows, string Rejects, IngestReport Report);

internal static class Run
{
    /// <summary>Ingests into memory.</summary>
    public static RunResult Ingest(IngestOptions options)
    {
        using TemporaryFolder folder = new();
        options = options with { RejectsPath = folder.File("rejects.ndjson") };
        using MemoryStream output = new();
        NdjsonSink sink = new("-", () => output);
        IngestReport report = Task.Run(() => Complete(options, sink)).GetAwaiter().GetResult();
        return new RunResult(
            Encoding.UTF8.GetString(output.ToArray()),
            File.Exists(options.RejectsPath) ? File.ReadAllText(options.RejectsPath) : "",
            report);
    }

    private static async Task<IngestReport> Complete(IngestOptions options, NdjsonSink sink)
    {
        await using (sink)
        {
            return await HealthIngest.RunAsync(options, [sink], null, CancellationToken.None);
        }
    }
}
