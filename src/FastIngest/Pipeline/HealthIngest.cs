using FastIngest.Sinks;

namespace FastIngest.Pipeline;

/// <summary>The main job: health files in, daily summaries out.</summary>
public static class HealthIngest
{
    /// <summary>
    /// Reads every known file under the paths and hands the rows, in (user_id, date) order, to every sink.
    /// The sinks are opened here and completed only when everything else went well; the caller disposes them.
    /// </summary>
    /// <exception cref="IngestException">The run cannot go on; no sink was completed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; no sink was completed.</exception>
    public static Task<IngestReport> RunAsync(
        IngestOptions options,
        IReadOnlyList<ISummarySink> sinks,
        IIngestProgress? progress,
        CancellationToken cancellationToken) => throw new NotImplementedException();
}
