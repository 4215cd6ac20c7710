using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Finds the events of a key that cannot repeat a record of another file, by their times alone: equal records have the same time. Exports
/// put each metric of a day into a file of its own, or the hours of a day into two files, so that most days have no candidate.
/// <code>
/// file 1   heart_rate  00:00 ├──────┤ 01:59
/// file 2   heart_rate                 02:00 ├───────────┤ 23:59      no record of one can be in the other
/// file 3   steps       00:00 ├──────────────────────────┤ 23:59      other records by their metric
/// file 4   steps                            12:00 ├─────┤ 17:00      candidates, with those of file 3
/// </code>
/// The order of the times is that of their bytes. Any order serves, because only equal times matter.
/// </summary>
internal sealed class RepeatCandidates
{
    /// <summary>The maximum number of groups. With more of them all events are candidates.</summary>
    private const int MaxGroups = 48;

    private readonly Group[] _groups = new Group[MaxGroups];
    private byte[] _groupOf = new byte[16];
    private int _count;

    /// <summary>Examines the events of one key; returns false if none of them can repeat a record of another file.</summary>
    /// <param name="category">The category of the events.</param>
    /// <param name="data">The bytes of the partition.</param>
    /// <param name="runs">The runs of the events, in file order.</param>
    /// <param name="files">The file of each run.</param>
    public bool Find(Category category, ReadOnlySpan<byte> data, ReadOnlySpan<Run> runs, ReadOnlySpan<int> files)
    {
        _count = 0;
        int events = 0, firstOfFile = 0;
        for (int r = 0; r < runs.Length; r++)
        {
            firstOfFile = r > 0 && files[r] == files[r - 1] ? firstOfFile : _count;
            int last = -1;
            SegmentReader reader = new(data, runs[r].Start, runs[r].Length);
            while (reader.Next())
            {
                PayloadReader payload = new(data, reader.PayloadStart);
                ReadOnlySpan<byte> time = payload.ReadText();
                ReadOnlySpan<byte> metric = category == Category.Samples ? payload.ReadText() : default;
                if (last < 0 || !metric.SequenceEqual(_groups[last].Metric.In(data)))
                {
                    last = GroupOf(data, files[r], Place.Of(metric, data), firstOfFile);
                    if (last < 0)
                    {
                        return AllAreCandidates();
                    }
                }

                Add(ref _groups[last], time, data);
                if (events == _groupOf.Length)
                {
                    Array.Resize(ref _groupOf, events * 2);
                }

                _groupOf[events++] = (byte)last;
            }
        }

        return MarkCandidates(data);
    }

    /// <summary>Whether an event may repeat a record of another file.</summary>
    /// <param name="index">The index of the event among those of the key.</param>
    public bool IsCandidate(int index) => _count > MaxGroups || _groups[_groupOf[index]].IsCandidate;

    private bool AllAreCandidates()
    {
        _count = MaxGroups + 1;
        return true;
    }

    private int GroupOf(ReadOnlySpan<byte> data, int file, Place metric, int firstOfFile)
    {
        for (int i = firstOfFile; i < _count; i++)
        {
            if (_groups[i].Metric.In(data).SequenceEqual(metric.In(data)))
            {
                return i;
            }
        }

        if (_count == MaxGroups)
        {
            return -1;
        }

        _groups[_count] = new Group { File = file, Metric = metric };
        return _count++;
    }

    private static void Add(ref Group group, ReadOnlySpan<byte> time, ReadOnlySpan<byte> data)
    {
        if (time is [RecordView.FileMark, ..])
        {
            // The file holds the records of several files, which may repeat each other.
            group.IsCandidate = true;
            time = time[RecordView.FileMarkBytes..];
        }

        // An id decides instead of the time, and within one file too.
        group.IsCandidate |= time is [RecordView.IdMark, ..];
        if (!group.HasTimes)
        {
            group.HasTimes = true;
            group.First = group.Last = Place.Of(time, data);
        }
        else if (time.SequenceCompareTo(group.Last.In(data)) > 0)
        {
            group.Last = Place.Of(time, data);
        }
        else if (time.SequenceCompareTo(group.First.In(data)) < 0)
        {
            group.First = Place.Of(time, data);
        }
    }

    private bool MarkCandidates(ReadOnlySpan<byte> data)
    {
        bool isAny = false;
        for (int i = 0; i < _count; i++)
        {
            ref Group group = ref _groups[i];
            for (int j = 0; j < i; j++)
            {
                ref Group other = ref _groups[j];
                if (group.File != other.File && group.Metric.In(data).SequenceEqual(other.Metric.In(data)) && Meet(group, other, data))
                {
                    group.IsCandidate = other.IsCandidate = true;
                }
            }

            isAny |= group.IsCandidate;
        }

        return isAny;
    }

    private static bool Meet(in Group one, in Group other, ReadOnlySpan<byte> data) =>
        one.First.In(data).SequenceCompareTo(other.Last.In(data)) <= 0 && other.First.In(data).SequenceCompareTo(one.Last.In(data)) <= 0;

    /// <summary>A text in the bytes of the partition.</summary>
    private readonly record struct Place(int Start, int Length)
    {
        public static Place Of(ReadOnlySpan<byte> text, ReadOnlySpan<byte> data) => data.Overlaps(text, out int start) ? new Place(start, text.Length) : default;

        public ReadOnlySpan<byte> In(ReadOnlySpan<byte> data) => data.Slice(Start, Length);
    }

    /// <summary>The events of one file and metric.</summary>
    private struct Group
    {
        public int File;
        public Place Metric, First, Last;
        public bool HasTimes, IsCandidate;
    }
}
