using System.Runtime.InteropServices;

namespace FastIngest.Samples;

/// <summary>The stage that an interval of sleep has.</summary>
internal enum SleepStage
{
    Light,
    Deep,
    Rem,
    Awake,

    /// <summary>Asleep, without a stage.</summary>
    Asleep,
    InBed,
}

/// <summary>
/// Adds up the intervals of one night. Sources overlap: at each moment the best source that knows something decides, so that
/// nothing counts twice. Sources with stages come before sources without, then those with more sleep. An interval without
/// a stage only fills the gaps of its source. All times are microseconds since 0001-01-01 on the local clock.
/// </summary>
internal sealed class SleepNight
{
    /// <summary>Sleep after a longer gap than this is a sleep of its own, such as a nap.</summary>
    private const long MaxGap = 3600 * WallTime.MicrosPerSecond;

    /// <summary>Sources after this many share one rank, so that the time stays proportional to the number of intervals.</summary>
    private const int MaxRanks = 16;

    private const int StageCount = 6;

    private readonly List<Interval> _intervals = [];
    private readonly long[] _micros = new long[StageCount];
    private readonly long[] _counts = new long[StageCount];
    private List<(long Start, long End)> _covered = [], _merged = [], _group = [];
    private int[] _rankOf = [];

    /// <summary>The number of separate sleeps.</summary>
    public int Sleeps { get; private set; }

    public bool IsEmpty => _intervals.Count == 0;

    /// <summary>The time in a stage in microseconds, counted once.</summary>
    public long this[SleepStage stage] => _micros[(int)stage];

    /// <summary>The time asleep in microseconds, in any stage or without one.</summary>
    public long Asleep => this[SleepStage.Light] + this[SleepStage.Deep] + this[SleepStage.Rem] + this[SleepStage.Asleep];

    /// <summary>The number of intervals of a stage that count, wholly or partly.</summary>
    public long CountOf(SleepStage stage) => _counts[(int)stage];

    public void Clear() => _intervals.Clear();

    /// <summary>Adds an interval; one that does not end after its start is ignored.</summary>
    public void Add(int source, SleepStage stage, long start, long end)
    {
        if (end > start)
        {
            _intervals.Add(new Interval(0, stage, start, end, source));
        }
    }

    /// <summary>Adds up the intervals.</summary>
    /// <param name="sourceCount">The number of sources.</param>
    /// <param name="preferenceOf">The place of a source among those that the user prefers.</param>
    /// <param name="compareNames">Compares the names of two sources, for sources that are equally good.</param>
    public void AddUp(int sourceCount, Func<int, int> preferenceOf, Comparison<int> compareNames)
    {
        Array.Clear(_micros);
        Array.Clear(_counts);
        _covered.Clear();
        Rank(sourceCount, preferenceOf, compareNames);
        Span<Interval> all = CollectionsMarshal.AsSpan(_intervals);
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = all[i] with { Group = GroupOf(all[i]) };
        }

        all.Sort();
        for (int start = 0; start < all.Length;)
        {
            int end = start + 1;
            while (end < all.Length && all[end].Group == all[start].Group)
            {
                end++;
            }

            if (all[start].Stage == SleepStage.InBed)
            {
                CountSleeps();
                _covered.Clear();
            }

            AddGroup(all[start..end]);
            start = end;
        }

        if (all.IsEmpty || all[^1].Stage != SleepStage.InBed)
        {
            CountSleeps();
        }
    }

    /// <summary>The order in which intervals are counted: by the rank of the source, stages before sleep without one, time in bed last.</summary>
    private int GroupOf(in Interval interval) =>
        interval.Stage == SleepStage.InBed ? int.MaxValue : (2 * _rankOf[interval.Source]) + (interval.Stage == SleepStage.Asleep ? 1 : 0);

    private void Rank(int sourceCount, Func<int, int> preferenceOf, Comparison<int> compareNames)
    {
        long[] staged = new long[sourceCount];
        long[] asleep = new long[sourceCount];
        foreach (Interval interval in _intervals)
        {
            long length = interval.End - interval.Start;
            staged[interval.Source] += interval.Stage is SleepStage.Light or SleepStage.Deep or SleepStage.Rem ? length : 0;
            asleep[interval.Source] += interval.Stage is not (SleepStage.InBed or SleepStage.Awake) ? length : 0;
        }

        int[] order = [.. _intervals.Select(i => i.Source).Distinct()];
        Array.Sort(order, (a, b) =>
        {
            int byPreference = preferenceOf(a).CompareTo(preferenceOf(b));
            int byStages = byPreference != 0 ? byPreference : staged[b].CompareTo(staged[a]);
            int bySleep = byStages != 0 ? byStages : asleep[b].CompareTo(asleep[a]);
            return bySleep != 0 ? bySleep : compareNames(a, b);
        });
        _rankOf = new int[sourceCount];
        for (int i = 0; i < order.Length; i++)
        {
            _rankOf[order[i]] = Math.Min(i, MaxRanks);
        }
    }

    /// <summary>Counts the parts of a group's intervals, in the order of their starts, that neither an earlier group nor an earlier interval covers.</summary>
    private void AddGroup(ReadOnlySpan<Interval> group)
    {
        _group.Clear();
        int covered = 0;
        long cursor = long.MinValue;
        foreach (Interval interval in group)
        {
            long at = Math.Max(interval.Start, cursor);
            long counted = 0;
            if (at < interval.End)
            {
                _group.Add((at, interval.End));
                cursor = interval.End;
                while (covered < _covered.Count && _covered[covered].End <= at)
                {
                    covered++;
                }

                int next = covered;
                while (at < interval.End)
                {
                    (long coverStart, long coverEnd) = next < _covered.Count ? _covered[next++] : (long.MaxValue, long.MaxValue);
                    counted += Math.Max(0, Math.Min(interval.End, coverStart) - at);
                    at = Math.Max(at, coverEnd);
                }
            }

            _micros[(int)interval.Stage] += counted;
            _counts[(int)interval.Stage] += counted > 0 ? 1 : 0;
        }

        Merge();
    }

    /// <summary>Adds the intervals of the group to the covered ones. Both lists are in the order of their starts.</summary>
    private void Merge()
    {
        _merged.Clear();
        int a = 0, b = 0;
        while (a < _covered.Count || b < _group.Count)
        {
            bool takesCovered = b == _group.Count || (a < _covered.Count && _covered[a].Start <= _group[b].Start);
            (long start, long end) = takesCovered ? _covered[a++] : _group[b++];
            if (_merged.Count > 0 && _merged[^1].End >= start)
            {
                _merged[^1] = (_merged[^1].Start, Math.Max(_merged[^1].End, end));
            }
            else
            {
                _merged.Add((start, end));
            }
        }

        (_covered, _merged) = (_merged, _covered);
    }

    private void CountSleeps()
    {
        Sleeps = _covered.Count > 0 && Asleep > 0 ? 1 : 0;
        for (int i = 1; i < _covered.Count && Sleeps > 0; i++)
        {
            Sleeps += _covered[i].Start - _covered[i - 1].End > MaxGap ? 1 : 0;
        }
    }

    private readonly record struct Interval(int Group, SleepStage Stage, long Start, long End, int Source) : IComparable<Interval>
    {
        public int CompareTo(Interval other)
        {
            int byGroup = Group.CompareTo(other.Group);
            int byStart = byGroup != 0 ? byGroup : Start.CompareTo(other.Start);
            int byEnd = byStart != 0 ? byStart : End.CompareTo(other.End);
            return byEnd != 0 ? byEnd : Stage.CompareTo(other.Stage);
        }
    }
}
