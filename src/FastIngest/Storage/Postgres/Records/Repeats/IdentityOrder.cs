namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>Orders records with an id of the vendor by user, day and id, and those with the same id by their place in the input.</summary>
internal sealed class IdentityOrder : EntryOrder
{
    private IdentityOrder()
    {
    }

    public static IdentityOrder Instance { get; } = new();

    public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        RecordEntry first = new(a), second = new(b);
        int order = CompareIds(first, second);
        return order != 0 ? order
            : first.Place != second.Place ? first.Place.CompareTo(second.Place)
            : first.NumberInPlace.CompareTo(second.NumberInPlace);
    }

    /// <summary>Compares the ids; 0 for records that are the same one, or parts of the same total.</summary>
    public static int CompareIds(in RecordEntry a, in RecordEntry b)
    {
        int order = a.Table.CompareTo(b.Table);
        order = order != 0 ? order : a.User.SequenceCompareTo(b.User);
        order = order != 0 ? order : a.Day.CompareTo(b.Day);
        order = order != 0 ? order : a.Identity.SequenceCompareTo(b.Identity);
        if (order != 0 || !a.IsTotal)
        {
            return order;
        }

        // Totals of other metrics and sources are others.
        order = a.Metric.SequenceCompareTo(b.Metric);
        return order != 0 ? order : a.Source.SequenceCompareTo(b.Source);
    }
}
