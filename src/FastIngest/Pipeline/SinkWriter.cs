using FastIngest.Health;
using FastIngest.Pipeline.Reduce;
using FastIngest.Sinks;

namespace FastIngest.Pipeline;

/// <summary>Hands batches to every sink, one after another.</summary>
internal sealed class SinkWriter(IReadOnlyList<ISummarySink> sinks, IIngestProgress? progress)
{
    /// <summary>Rows handed on.</summary>
    public long Rows { get; private set; }

    public void WriteAll(RowQueue queue, CancellationToken cancellationToken)
    {
        while (queue.Take() is { } batch)
        {
            Write(batch, cancellationToken);
            queue.Return(batch);
        }
    }

    public void Write(SummaryBatch batch, CancellationToken cancellationToken)
    {
        foreach (ISummarySink sink in sinks)
        {
            ValueTask task = sink.WriteAsync(batch, cancellationToken);
            if (!task.IsCompletedSuccessfully)
            {
                task.AsTask().GetAwaiter().GetResult();
            }
        }

        Rows += batch.RowCount;
        progress?.Written(batch.RowCount);
    }
}
