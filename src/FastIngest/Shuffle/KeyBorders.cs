namespace FastIngest.Shuffle;

/// <summary>A key of the rows: a user's id in UTF-8 and a day. Ordered by the bytes of the id, then by day.</summary>
public readonly record struct RowKey(byte[] User, int Day)
{
    internal static int Compare(RowKey one, RowKey other) => Compare(one.User, one.Day, other.User, other.Day);

    internal static int Compare(ReadOnlySpan<byte> user, int day, ReadOnlySpan<byte> otherUser, int otherDay)
    {
        int order = user.SequenceCompareTo(otherUser);
        return order != 0 ? order : day.CompareTo(otherDay);
    }
}

/// <summary>
/// Cuts the keys into partitions: ranges of (user, day), so that partition after partition is in key order. Any
/// borders are right; good ones make the partitions equally large.
/// </summary>
public sealed class KeyBorders
{
    private readonly RowKey[] _borders;

    private KeyBorders(RowKey[] borders) => _borders = borders;

    public int PartitionCount => _borders.Length + 1;

    /// <summary>Borders that cut a sample of the keys into parts of equal number, at most as many as asked for.</summary>
    public static KeyBorders FromSample(List<RowKey> sample, int partitions)
    {
        sample.Sort(RowKey.Compare);
        List<RowKey> borders = [];
        for (int p = 1; p < partitions && sample.Count > 0; p++)
        {
            RowKey border = sample[(int)((long)p * sample.Count / partitions)];
            if (borders.Count == 0 || RowKey.Compare(border, borders[^1]) > 0)
            {
                borders.Add(border);
            }
        }

        return new KeyBorders([.. borders]);
    }

    /// <summary>The partition of a key. <paramref name="hint"/> is tried first.</summary>
    public int Find(ReadOnlySpan<byte> user, int day, int hint)
    {
        if (Contains(hint, user, day))
        {
            return hint;
        }

        int low = 0;
        int high = _borders.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (RowKey.Compare(user, day, _borders[middle].User, _borders[middle].Day) >= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private bool Contains(int partition, ReadOnlySpan<byte> user, int day) =>
        (partition == 0 || RowKey.Compare(user, day, _borders[partition - 1].User, _borders[partition - 1].Day) >= 0)
        && (partition == _borders.Length || RowKey.Compare(user, day, _borders[partition].User, _borders[partition].Day) < 0);
}
