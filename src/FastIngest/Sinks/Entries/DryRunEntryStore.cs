using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>Goes through what another store holds and counts what would change; writes nothing.</summary>
/// <param name="store">The other; it is disposed with this.</param>
/// <param name="policy">Which entries would be written.</param>
public sealed class DryRunEntryStore(IEntryStore store, EntryPolicy policy) : IEntryStore
{
    private DigestSet _entries = new();

    public string DisplayName => store.DisplayName;

    public EntryResult SoFar { get; private set; } = EntryResult.Zero;

    public long Removed { get; private set; }

    public ValueTask OpenAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    public ValueTask<IReadOnlyList<string>> ChosenSourcesAsync(string? source, CancellationToken cancellationToken) => store.ChosenSourcesAsync(source, cancellationToken);

    public ValueTask<long> LastIdAsync(string source, CancellationToken cancellationToken) => store.LastIdAsync(source, cancellationToken);

    public ValueTask<IStoredRecords> ReadAsync(string source, CancellationToken cancellationToken) => store.ReadAsync(source, cancellationToken);

    /// <summary>Always from the first record: what is done already would not change.</summary>
    public ValueTask<IStoredRecords> BeginAsync(string source, bool isAgain, CancellationToken cancellationToken)
    {
        _entries = new DigestSet();
        SoFar = EntryResult.Zero;
        Removed = 0;
        return store.ReadAsync(source, cancellationToken);
    }

    public IStoredComparer MakeComparer(string source) => store.MakeComparer(source);

    public ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        EntryOutcomeCounter aggregate = new();
        long same = 0;
        foreach (ref readonly EntryRow row in batch.Rows)
        {
            EntryOutcome outcome = EntryClassifier.Classify(row, policy);
            if (outcome == EntryOutcome.Written && !policy.AllowsDuplicates && !_entries.Add(row.Key))
            {
                outcome = EntryOutcome.Duplicate;
            }

            aggregate.Add(outcome);
            same += outcome == EntryOutcome.Written && row.IsStoredSame ? 1 : 0;
            Removed += outcome is EntryOutcome.Invalid or EntryOutcome.BelowQuality && !row.Stored.IsNull ? 1 : 0;
        }

        EntryResult result = aggregate.Result;
        SoFar = SoFar.Plus(result with { Written = result.Written - same, Unchanged = same });
        return ValueTask.CompletedTask;
    }

    public ValueTask<EntryResult> FinishAsync(CancellationToken cancellationToken) => ValueTask.FromResult(SoFar);

    public ValueTask<bool> TryStartOverAsync(Exception fault, CancellationToken cancellationToken) => store.TryStartOverAsync(fault, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
