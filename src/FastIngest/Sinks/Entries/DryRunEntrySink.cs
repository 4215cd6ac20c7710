using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>Writes nothing and counts what would be written to an empty target.</summary>
public sealed class DryRunEntrySink : IEntrySink
{
    private EntryClassifier? _screen;

    public string DisplayName => "nothing (dry run)";

    public bool TakesEntries => false;

    public EntryResult SoFar { get; private set; } = EntryResult.Zero;

    public ValueTask OpenAsync(EntryRun run, CancellationToken cancellationToken)
    {
        _screen = new EntryClassifier(run.Policy);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        _screen!.Expect(batch.Rows);
        foreach (ref readonly EntryRow row in batch.Rows)
        {
            _screen.Next(row);
        }

        SoFar = _screen.Result;
        return ValueTask.CompletedTask;
    }

    public ValueTask<EntryResult> CompleteAsync(EntryFigures figures, CancellationToken cancellationToken)
    {
        _screen!.Result.Check(figures);
        return ValueTask.FromResult(_screen.Result);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
