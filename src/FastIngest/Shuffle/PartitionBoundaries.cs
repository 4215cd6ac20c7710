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

/// <summary>The keys from one on and before another; null is no bound.</summary>
public readonly record struct KeyRange(RowKey? From, RowKey? Before)
{
    /// <summary>The keys of all users.</summary>
    public static KeyRange All => default;

    public bool Contains(ReadOnlySpan<byte> user, int day) => !IsBelow(user, day) && IsBeforeEnd(user, day);

    /// <summary>Whether a key comes before the first one.</summary>
    public bool IsBelow(ReadOnlySpan<byte> user, int day) => From is { } from && RowKey.Compare(user, day, from.User, from.Day) < 0;

    private bool IsBeforeEnd(ReadOnlySpan<byte> user, int day) =>
        Before is not { } before || RowKey.Compare(user, day, before.User, before.Day) < 0;
}

/// <summary>Days from the first to the last, both included.</summary>
public readonly record struct DayRange(int First, int Last)
{
    public bool Holds(int day) => day >= First && day <= Last;
}

/// <summary>
/// Cuts the keys into partitions: ranges of (user, day), so that partition after partition is in key order. Any
/// boundaries are right; good ones make the partitions equally large.
/// </summary>
public sealed class PartitionBoundaries
{
    private readonly RowKey[] _boundaries;

    private PartitionBoundaries(RowKey[] boundaries) => _boundaries = boundaries;

    public int PartitionCount => _boundaries.Length + 1;

    /// <summary>
    /// Boundaries that cut a sample of the keys into parts of equal number, at most as many as asked for. A key that fills
    /// more than one part has one for itself.
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

    /// <summary>Boundaries at the keys given, which are in order and all differ.</summary>
    public static PartitionBoundaries At(params RowKey[] keys) => new(keys);

    /// <summary>The keys of a partition, of those that all partitions have together.</summary>
    public KeyRange RangeOf(int partition, KeyRange all) => new(
        partition == 0 ? all.From : _boundaries[partition - 1],
        partition == _boundaries.Length ? all.Before : _boundaries[partition]);

    /// <summary>The partition of a key.</summary>
    /// <param name="user">The user.</param>
    /// <param name="day">The day.</param>
    /// <param name="days">The days for which the user's keys fall in that partition.</param>
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
