using FastIngest.Lexicon;

namespace FastIngest.Sinks.Entries;

/// <summary>Counts what a reprocess would change, without writing anything.</summary>
internal sealed class DryRunReprocess(IEntryStore store, EntryPolicy policy) : IReprocess
{
    private readonly EntryOutcomeCounter _counter = new();
    private DigestSet _entries = new();

    public EntryResult SoFar => _counter.Result;

    public long Removed { get; private set; }

    /// <summary>Always begins with the first record. Records that an interrupted run already handled count as unchanged.</summary>
    public ValueTask<IStoredRecords> BeginAsync(string source, CancellationToken cancellationToken)
    {
        _entries = new DigestSet();
        _counter.Clear();
        Removed = 0;
        return store.ReadAsync(source, 0, cancellationToken);
    }

    public ValueTask WriteAsync(EntryBatch batch, CancellationToken cancellationToken)
    {
        foreach (ref readonly EntryRow row in batch.Rows)
        {
            EntryOutcome outcome = EntryClassifier.ClassifyStored(row, policy);
            if (outcome is EntryOutcome.Invalid or EntryOutcome.BelowQuality)
            {
                Removed += row.Stored.IsNull ? 0 : 1;
            }
            else if (!policy.AllowsDuplicates && !_entries.Add(row.Key))
            {
                outcome = EntryOutcome.Duplicate;
            }

            _counter.Add(outcome);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<EntryResult> FinishAsync(CancellationToken cancellationToken) => ValueTask.FromResult(SoFar);
}
