namespace FastIngest.Sinks.Entries;

/// <summary>Counts what becomes of records.</summary>
internal sealed class EntryOutcomeCounter
{
    private readonly long[] _counts = new long[(int)EntryOutcome.Written + 1];

    public EntryResult Result
    {
        get
        {
            long written = this[EntryOutcome.Written], duplicate = this[EntryOutcome.Duplicate], below = this[EntryOutcome.BelowQuality], invalid = this[EntryOutcome.Invalid];
            return new EntryResult(written + duplicate + below + invalid, this[EntryOutcome.Repeated], written, 0, duplicate, below, invalid);
        }
    }

    private long this[EntryOutcome outcome] => _counts[(int)outcome];

    public void Add(EntryOutcome outcome) => _counts[(int)outcome]++;
}
