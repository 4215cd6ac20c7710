using FastIngest.Health;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>Writes the summaries of one run into a new or an existing database. Disposing it without completion rolls everything back.</summary>
internal interface ISqliteLoad : IDisposable
{
    void Write(SummaryBatch batch, CancellationToken cancellationToken);

    ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken);
}
