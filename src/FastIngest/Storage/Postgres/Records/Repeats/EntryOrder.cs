namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>An order of the entries of a <see cref="RecordSort"/>.</summary>
internal abstract class EntryOrder
{
    public abstract int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b);
}
