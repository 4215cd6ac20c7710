using FastIngest.Health;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Storage.Sqlite.Connection;

/// <summary>What a run writes to, once it is known whether the database exists. Disposing it uncompleted undoes everything.</summary>
internal interface ISqliteTarget : IDisposable
{
    void Write(SummaryBatch batch, CancellationToken cancellationToken);

    ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken);
}
