namespace FastIngest.Shuffle;

/// <summary>
/// Finds the partitions of keys and caches the result for recent users with short ids, because binary-search branches
/// mispredict on unordered keys. Not thread-safe.
/// </summary>
internal sealed class PartitionFinder(PartitionBoundaries boundaries)
{
    /// <summary>The number of cache entries, a power of two. A new user replaces the entry with the same hash.</summary>
    private const int CacheSize = 1024;

    private readonly Entry[] _entries = new Entry[CacheSize];

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
        if (entry.Length != user.Length || entry.Prefix != prefix || !entry.Days.Contains(day))
        {
            int partition = boundaries.Find(user, day, out DayRange found);
            entry = new Entry(prefix, user.Length, partition, found);
        }

        days = entry.Days;
        return entry.Partition;
    }

    /// <summary>
    /// A user id, stored completely in the prefix, and the days for which the user maps to the partition. Length 0 marks an
    /// empty entry, since user ids are not empty.
    /// </summary>
    private record struct Entry(KeyPrefix Prefix, int Length, int Partition, DayRange Days);
}
