using System.Numerics;
using System.Runtime.CompilerServices;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Finds the runs of equal keys in a partition's events and sorts them, per category, by (user, day) and then by input
/// order. A user's number is its rank in the byte order of the user ids. Memory for <c>maxRuns</c> runs is allocated once.
/// </summary>
internal sealed class PartitionRuns(int maxRuns)
{
    private readonly ByteStringTable _users = new();
    private readonly int[] _starts = new int[Categories.Count + 1];
    private Run[] _runs = [];
    private int[] _byRank = [], _rankOf = [];
    private ulong[] _keys = [], _otherKeys = [];
    private int _count;

    public int UserCount => _users.Count;

    public ReadOnlySpan<byte> User(int rank) => _users[_byRank[rank]];

    /// <summary>The runs of a category; <see cref="Run.User"/> is the rank.</summary>
    public ReadOnlySpan<Run> Of(Category category) => _runs.AsSpan(_starts[(int)category].._starts[(int)category + 1]);

    /// <summary>
    /// Reads and sorts the keys of a partition. False when there are more runs than there is memory for, or when rank, day
    /// and run index together do not fit into the 64-bit sort key. A partition with a single key can always be read.
    /// </summary>
    /// <param name="data">The partition's bytes.</param>
    /// <param name="segments">The segments of the partition, ordered by category and then by input order.</param>
    public bool TryRead(ReadOnlySpan<byte> data, ReadOnlySpan<SegmentRef> segments)
    {
        int capacity = Math.Max(maxRuns, segments.Length);
        if (_runs.Length < capacity || _runs.Length > 2 * capacity)
        {
            _runs = GC.AllocateUninitializedArray<Run>(capacity);
        }

        _users.Clear();
        _count = 0;
        int next = 0;
        for (int category = 0; category < Categories.Count; category++)
        {
            _starts[category] = _count;
            for (; next < segments.Length && segments[next].Id.Kind == category; next++)
            {
                if (!TryReadSegment(data, segments[next]))
                {
                    return false;
                }
            }
        }

        _starts[^1] = _count;
        RankUsers();
        for (int category = 0; category < Categories.Count; category++)
        {
            if (!TrySort(_runs.AsSpan(_starts[category].._starts[category + 1])))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadSegment(ReadOnlySpan<byte> data, SegmentRef segment)
    {
        SegmentReader reader = new(data, segment.Start, segment.Length);
        int user = -1;
        int start = segment.Start;
        int day = 0;
        int eventStart = segment.Start;
        while (reader.Next())
        {
            if (reader.IsNewKey)
            {
                if (!TryAdd(user, day, start, eventStart))
                {
                    return false;
                }

                start = eventStart;
                day = reader.Day;
                if (reader.IsNewUser)
                {
                    user = _users.Add(reader.User);
                }
            }

            eventStart = reader.Position;
        }

        return TryAdd(user, day, start, eventStart);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAdd(int user, int day, int start, int end)
    {
        if (end > start)
        {
            if (_count == _runs.Length)
            {
                return false;
            }

            _runs[_count++] = new Run(user, day, start, end - start);
        }

        return true;
    }

    private void RankUsers()
    {
        int users = _users.Count;
        if (_byRank.Length < users)
        {
            _byRank = new int[users + (users / 4)];
            _rankOf = new int[_byRank.Length];
        }

        bool ordered = true;
        for (int i = 0; i < users; i++)
        {
            _byRank[i] = i;
            ordered &= i == 0 || _users[i - 1].SequenceCompareTo(_users[i]) < 0;
        }

        if (ordered)
        {
            return;
        }

        _byRank.AsSpan(0, users).Sort((a, b) => _users[a].SequenceCompareTo(_users[b]));
        for (int rank = 0; rank < users; rank++)
        {
            _rankOf[_byRank[rank]] = rank;
        }

        foreach (ref Run run in _runs.AsSpan(0, _count))
        {
            run = run with { User = _rankOf[run.User] };
        }
    }

    /// <summary>Sorts runs by key and then by input order. Most exports are already sorted.</summary>
    private bool TrySort(Span<Run> runs)
    {
        int firstDay = int.MaxValue;
        int lastDay = int.MinValue;
        bool ordered = true;
        for (int i = 0; i < runs.Length; i++)
        {
            firstDay = Math.Min(firstDay, runs[i].Day);
            lastDay = Math.Max(lastDay, runs[i].Day);
            ordered &= i == 0 || runs[i - 1].User < runs[i].User || (runs[i - 1].User == runs[i].User && runs[i - 1].Day <= runs[i].Day);
        }

        if (ordered)
        {
            return true;
        }

        // Pack user rank, day and run index into one number: sorting numbers is many times faster than comparing runs.
        int indexBits = BitsFor(runs.Length - 1);
        int dayBits = BitsFor(lastDay - firstDay);
        int keyBits = BitsFor(_users.Count - 1) + dayBits;
        if (keyBits + indexBits > 64)
        {
            return false;
        }

        if (_keys.Length < runs.Length)
        {
            _keys = GC.AllocateUninitializedArray<ulong>(Math.Max(runs.Length, maxRuns));
            _otherKeys = GC.AllocateUninitializedArray<ulong>(_keys.Length);
        }

        Span<ulong> keys = _keys.AsSpan(0, runs.Length);
        for (int i = 0; i < runs.Length; i++)
        {
            keys[i] = (((((ulong)(uint)runs[i].User) << dayBits) | (uint)(runs[i].Day - firstDay)) << indexBits) | (uint)i;
        }

        KeySort.Sort(keys, _otherKeys, indexBits, keyBits);
        Permute(runs, keys, (1UL << indexBits) - 1);
        return true;
    }

    /// <summary>Permutes the runs in place, cycle by cycle: index <c>i</c> receives the run whose index is in <c>keys[i]</c>.</summary>
    private static void Permute(Span<Run> runs, Span<ulong> keys, ulong indexMask)
    {
        for (int i = 0; i < runs.Length; i++)
        {
            Run first = runs[i];
            int to = i;
            for (int from = (int)(keys[to] & indexMask); from != i; from = (int)(keys[to] & indexMask))
            {
                runs[to] = runs[from];
                keys[to] = (uint)to;
                to = from;
            }

            runs[to] = first;
            keys[to] = (uint)to;
        }
    }

    private static int BitsFor(int max) => 32 - BitOperations.LeadingZeroCount((uint)max);
}
