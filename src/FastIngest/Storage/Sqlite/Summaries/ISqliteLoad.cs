using FastIngest.Health;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Storage.Sqlite.Summaries;

/// <summary>What a run writes to, once it is known whether the database exists. Disposing it uncompleted undoes everything.</summary>
internal interface ISqliteLoad : IDisposable
{
    void Write(SummaryBatch batch, CancellationToken cancellationToken);

    ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken);
}
