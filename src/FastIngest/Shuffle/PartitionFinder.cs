namespace FastIngest.Shuffle;

/// <summary>
/// Finds the partitions of keys, and remembers where the last users with short ids went: where records come in no order,
/// a search goes another way each time, which is what a processor is slow at. Not thread-safe.
/// </summary>
internal sealed class PartitionFinder(PartitionBoundaries boundaries)
{
    /// <summary>Users remembered; a power of two. One that comes later takes the place of one before.</summary>
    private const int Places = 1024;

    private readonly Entry[] _entries = new Entry[Places];

    /// <summary>As <see cref="PartitionBoundaries.Find"/>.</summary>
    public int Find(ReadOnlySpan<byte> user, int day, out DayRange days)
    {
        if (user.Length > KeyPrefix.Bytes)
        {
            return boundaries.Find(user, day, out days);
        }

        KeyPrefix prefix = KeyPrefix.Of(user);
        ulong hash = (prefix.High ^ (prefix.Low * 3)) * 0x9E3779B97F4A7C15;
        ref Entry entry = ref _entries[hash >> 54];
        if (entry.Length != user.Length || entry.Prefix != prefix || !entry.Days.Holds(day))
        {
            int partition = boundaries.Find(user, day, out DayRange found);
            entry = new Entry(prefix, user.Length, partition, found);
        }

        days = entry.Days;
        return entry.Partition;
    }

    /// <summary>A user, whole in its prefix, and the days for which it goes to a partition. Length 0 is no user: their ids have bytes.</summary>
    private record struct Entry(KeyPrefix Prefix, int Length, int Partition, DayRange Days);
}
