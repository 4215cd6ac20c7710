using FastIngest.Lexicon;
using FastIngest.Sinks.Entries;

namespace FastIngest.Tests.Pipeline.Entries;

/// <summary>Wraps a sink and cancels the run at the third batch.</summary>
internal sealed class CancellingSink(IEntrySink sink, CancellationTokenSource stop) : IEntrySink
{
    private int _batches;

    public string DisplayName => sink.DisplayName;

    public EntryResult SoFar => sink.SoFar;

    public ValueTask OpenAsync(EntryRun run, CancellationToken cancellationToken) => sink.OpenAsync(run, cancellationToken);

    public ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        if (++_batches == 3)
        {
            stop.Cancel();
        }

        return sink.WriteAsync(batch, cancellationToken);
    }

    public ValueTask<EntryResult> CompleteAsync(EntryFigures figures, CancellationToken cancellationToken) => sink.CompleteAsync(figures, cancellationToken);

    public ValueTask DisposeAsync() => sink.DisposeAsync();
}
