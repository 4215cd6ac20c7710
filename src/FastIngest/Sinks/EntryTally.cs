namespace FastIngest.Sinks;

/// <summary>Counts what becomes of records.</summary>
internal sealed class EntryTally
{
    private readonly long[] _counts = new long[(int)EntryFate.Written + 1];

    public EntryResult Result
    {
        get
        {
            long written = this[EntryFate.Written], duplicate = this[EntryFate.Duplicate], below = this[EntryFate.BelowQuality], invalid = this[EntryFate.Invalid];
            return new EntryResult(written + duplicate + below + invalid, this[EntryFate.Repeated], written, 0, duplicate, below, invalid);
        }
    }

    private long this[EntryFate fate] => _counts[(int)fate];

    public void Add(EntryFate fate) => _counts[(int)fate]++;
}
