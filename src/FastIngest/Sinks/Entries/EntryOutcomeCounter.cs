namespace FastIngest.Sinks.Entries;

/// <summary>Counts the outcomes of records.</summary>
internal sealed class EntryOutcomeCounter
{
    private readonly long[] _counts = new long[(int)EntryOutcome.Redirect + 1];

    public EntryResult Result
    {
        get
        {
            long written = this[EntryOutcome.Written], unchanged = this[EntryOutcome.Unchanged], duplicate = this[EntryOutcome.Duplicate], below = this[EntryOutcome.BelowQuality], invalid = this[EntryOutcome.Invalid], redirects = this[EntryOutcome.Redirect];
            return new EntryResult(written + redirects + unchanged + duplicate + below + invalid, this[EntryOutcome.Repeated], written, unchanged, duplicate, below, invalid, redirects);
        }
    }

    private long this[EntryOutcome outcome] => _counts[(int)outcome];

    public void Add(EntryOutcome outcome, long count = 1) => _counts[(int)outcome] += count;

    public void Clear() => Array.Clear(_counts);
}
