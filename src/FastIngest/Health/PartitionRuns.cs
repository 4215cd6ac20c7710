using System.Runtime.InteropServices;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Finds the runs of equal key in a partition's events, by category, in order of (user, day) and, within a key, of the
/// input. Users are numbered by rank: the order of their ids' bytes.
/// </summary>
internal sealed class PartitionRuns
{
    private readonly ByteStringTable _users = new();
    private readonly List<Run>[] _runs = [.. Enumerable.Range(0, Categories.Count).Select(_ => new List<Run>())];
    private int[] _byRank = [];

    public int UserCount => _users.Count;

    public ReadOnlySpan<byte> User(int rank) => _users[_byRank[rank]];

    /// <summary>The runs of a category; <see cref="Run.User"/> is the rank.</summary>
    public ReadOnlySpan<Run> Of(Category category) => CollectionsMarshal.AsSpan(_runs[(int)category]);

    /// <summary>Reads the keys of a partition.</summary>
    /// <param name="data">The partition's bytes.</param>
    /// <param name="segments">Its segments in input order.</param>
    /// <param name="categories">The category of each input file.</param>
    public void Read(ReadOnlySpan<byte> data, ReadOnlySpan<SegmentRef> segments, IReadOnlyList<Category> categories)
    {
        _users.Clear();
        foreach (List<Run> runs in _runs)
        {
            runs.Clear();
        }

        foreach (SegmentRef segment in segments)
        {
            ReadSegment(data, segment, _runs[(int)categories[segment.FileIndex]]);
        }

        RankUsers();
        foreach (List<Run> runs in _runs)
        {
            SortRuns(runs);
        }
    }

    private void ReadSegment(ReadOnlySpan<byte> data, SegmentRef segment, List<Run> runs)
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
                if (eventStart > start)
                {
                    runs.Add(new Run(user, day, start, eventStart - start));
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

        if (eventStart > start)
        {
            runs.Add(new Run(user, day, start, eventStart - start));
        }
    }

    private void RankUsers()
    {
        _byRank = new int[_users.Count];
        bool ordered = true;
        for (int i = 0; i < _byRank.Length; i++)
        {
            _byRank[i] = i;
            ordered &= i == 0 || _users[i - 1].SequenceCompareTo(_users[i]) < 0;
        }

        if (ordered)
        {
            return;
        }

        Array.Sort(_byRank, (a, b) => _users[a].SequenceCompareTo(_users[b]));
        int[] rankOf = new int[_byRank.Length];
        for (int rank = 0; rank < rankOf.Length; rank++)
        {
            rankOf[_byRank[rank]] = rank;
        }

        foreach (List<Run> runs in _runs)
        {
            foreach (ref Run run in CollectionsMarshal.AsSpan(runs))
            {
                run = run with { User = rankOf[run.User] };
            }
        }
    }

    /// <summary>Sorts by key, and by input order within it; exports are in order as a rule.</summary>
    private static void SortRuns(List<Run> list)
    {
        Span<Run> runs = CollectionsMarshal.AsSpan(list);
        for (int i = 1; i < runs.Length; i++)
        {
            if (Key(runs[i - 1]) > Key(runs[i]))
            {
                ulong[] keys = new ulong[runs.Length];
                int[] order = new int[runs.Length];
                for (int j = 0; j < keys.Length; j++)
                {
                    keys[j] = Key(runs[j]);
                    order[j] = j;
                }

                Run[] unsorted = runs.ToArray();
                Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
                for (int j = 0; j < order.Length; j++)
                {
                    runs[j] = unsorted[order[j]];
                }

                return;
            }
        }
    }

    internal static ulong Key(Run run) => ((ulong)(uint)run.User << 32) | (uint)(run.Day + 1);
}
