namespace FastIngest.Shuffle;

/// <summary>The key of a row: a user id in UTF-8 and a day (days since 0001-01-01). Keys are ordered by the bytes of the id, then by day.</summary>
public readonly record struct RowKey(byte[] User, int Day)
{
    internal static int Compare(RowKey one, RowKey other) => Compare(one.User, one.Day, other.User, other.Day);

    internal static int Compare(ReadOnlySpan<byte> user, int day, ReadOnlySpan<byte> otherUser, int otherDay)
    {
        int order = user.SequenceCompareTo(otherUser);
        return order != 0 ? order : day.CompareTo(otherDay);
    }
}

/// <summary>A half-open key range [From, Before); null means unbounded.</summary>
public readonly record struct KeyRange(RowKey? From, RowKey? Before)
{
    /// <summary>The range of all keys.</summary>
    public static KeyRange All => default;

    public bool Contains(ReadOnlySpan<byte> user, int day) => !IsBelow(user, day) && IsBeforeEnd(user, day);

    /// <summary>Whether a key is before the start of the range.</summary>
    public bool IsBelow(ReadOnlySpan<byte> user, int day) => From is { } from && RowKey.Compare(user, day, from.User, from.Day) < 0;

    private bool IsBeforeEnd(ReadOnlySpan<byte> user, int day) =>
        Before is not { } before || RowKey.Compare(user, day, before.User, before.Day) < 0;
}

/// <summary>A range of days from <c>First</c> to <c>Last</c>, both included.</summary>
public readonly record struct DayRange(int First, int Last)
{
    public bool Contains(int day) => day >= First && day <= Last;
}

/// <summary>
/// Divides the keys into partitions. A partition is a range of (user, day), so that the partitions in order are in key
/// order. Results are correct with any boundaries; good boundaries make partitions of equal size.
/// </summary>
public sealed class PartitionBoundaries
{
    private readonly RowKey[] _boundaries;

    private PartitionBoundaries(RowKey[] boundaries) => _boundaries = boundaries;

    public int PartitionCount => _boundaries.Length + 1;

    /// <summary>The first key of each partition after the first.</summary>
    public IReadOnlyList<RowKey> Keys => _boundaries;

    /// <summary>
    /// Chooses boundaries that divide a sample of keys into parts of equal size. The sample is sorted in place. There are at
    /// most <paramref name="partitions"/> partitions; a key that fills more than one part gets a partition of its own.
    /// </summary>
    public static PartitionBoundaries FromSample(List<RowKey> sample, int partitions)
    {
        sample.Sort(RowKey.Compare);
        List<RowKey> boundaries = [];
        for (int p = 1; p < partitions && sample.Count > 0; p++)
        {
            RowKey boundary = sample[(int)((long)p * sample.Count / partitions)];
            if (boundaries.Count == 0 || RowKey.Compare(boundary, boundaries[^1]) > 0)
            {
                boundaries.Add(boundary);
            }
            else if (RowKey.Compare(boundary, boundaries[^1]) == 0 && boundary.Day < int.MaxValue)
            {
                boundaries.Add(boundary with { Day = boundary.Day + 1 });
            }
        }

        return new PartitionBoundaries([.. boundaries]);
    }

    /// <summary>Creates boundaries at the given keys, which must be in strictly ascending order.</summary>
    public static PartitionBoundaries At(params RowKey[] keys) => new(keys);

    /// <summary>The key range of a partition.</summary>
    public KeyRange RangeOf(int partition, KeyRange all) => new(
        partition == 0 ? all.From : _boundaries[partition - 1],
        partition == _boundaries.Length ? all.Before : _boundaries[partition]);

    /// <summary>Returns the partition of a key.</summary>
    /// <param name="user">The user.</param>
    /// <param name="day">The day.</param>
    /// <param name="days">Receives the days whose keys of this user fall into the same partition.</param>
    public int Find(ReadOnlySpan<byte> user, int day, out DayRange days)
    {
        int low = 0;
        int high = _boundaries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (RowKey.Compare(user, day, _boundaries[middle].User, _boundaries[middle].Day) >= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        days = new DayRange(
            low > 0 && user.SequenceEqual(_boundaries[low - 1].User) ? _boundaries[low - 1].Day : int.MinValue,
            low < _boundaries.Length && user.SequenceEqual(_boundaries[low].User) ? _boundaries[low].Day - 1 : int.MaxValue);
        return low;
    }
}
