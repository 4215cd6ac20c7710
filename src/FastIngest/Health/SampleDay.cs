using FastIngest.Samples;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Collects the samples of one person's day by metric and source, and chooses the sources that count. Names are kept between
/// days, because the same names recur.
/// </summary>
/// <param name="policy">Which source counts for a cumulative metric.</param>
internal sealed class SampleDay(SourcePolicy policy)
{
    /// <summary>When more names than this are known, they are forgotten before the next day.</summary>
    private const int MaxKnownNames = 4096;

    private static readonly (Metric Metric, SleepStage Stage)[] Stages =
    [
        (Metrics.SleepLight, SleepStage.Light), (Metrics.SleepDeep, SleepStage.Deep), (Metrics.SleepRem, SleepStage.Rem),
        (Metrics.SleepAwake, SleepStage.Awake), (Metrics.Sleep, SleepStage.Asleep), (Metrics.InBed, SleepStage.InBed),
    ];

    private readonly ByteStringTable _metricNames = new(), _sourceNames = new();
    private readonly List<(Metric Metric, SleepStage? Stage)> _metrics = [];
    private readonly Dictionary<(int Metric, int Source), int> _cellOf = [];
    private readonly List<Cell> _cells = [];
    private readonly List<DayMetric> _result = [];
    private readonly HashSet<int> _done = [];

    /// <summary>The number of samples so far that do not count, because another source counts for their metric and day.</summary>
    public long LeftOut { get; private set; }

    /// <summary>The metrics of the day, in the order of the bytes of their names.</summary>
    public IReadOnlyList<DayMetric> Result => _result;

    /// <summary>The sleep of the night.</summary>
    public SleepNight Night { get; } = new();

    /// <summary>Forgets the day.</summary>
    public void Clear()
    {
        _cellOf.Clear();
        _cells.Clear();
        _result.Clear();
        Night.Clear();
        if (_metricNames.Count + _sourceNames.Count > MaxKnownNames)
        {
            _metricNames.Clear();
            _sourceNames.Clear();
            _metrics.Clear();
        }
    }

    /// <summary>Reads the samples of a day; returns their number.</summary>
    /// <param name="events">The events of the day.</param>
    public long Read(ref DayEvents events)
    {
        Clear();
        long count = 0;

        // The texts of the sample before, which mostly has the same; equal texts mostly are the same bytes of the partition.
        scoped ReadOnlySpan<byte> lastMetric = default, lastSource = default;
        int lastCell = -1;
        while (events.Next(out PayloadReader payload))
        {
            MetricSample sample = MetricSample.Read(ref payload, events.HaveTimes);
            if (lastCell >= 0 && !sample.IsInterval && sample.Metric == lastMetric && sample.Source == lastSource)
            {
                count += sample.Totals.Count;
                _cells[lastCell] = _cells[lastCell].Plus(sample.Totals);
                continue;
            }

            int metric = MetricOf(sample.Metric);
            int source = _sourceNames.Add(sample.Source);
            if (sample.IsInterval && _metrics[metric].Stage is { } stage)
            {
                Night.Add(source, stage, sample.Start, sample.End);
                count++;
                continue;
            }

            count += sample.Totals.Count;
            if (!_cellOf.TryGetValue((metric, source), out int cell))
            {
                _cellOf.Add((metric, source), cell = _cells.Count);
                _cells.Add(new Cell(metric, source, 0, 0, long.MaxValue, long.MinValue));
            }

            _cells[cell] = _cells[cell].Plus(sample.Totals);
            lastMetric = sample.Metric;
            lastSource = sample.Source;
            lastCell = cell;
        }

        Choose();
        AddNight();
        _result.Sort((a, b) => a.Metric.Utf8Name.AsSpan().SequenceCompareTo(b.Metric.Utf8Name));
        return count;
    }

    /// <summary>Returns a metric of the day; null without samples.</summary>
    public DayMetric? Find(Metric metric)
    {
        foreach (DayMetric found in _result)
        {
            if (found.Metric.Name == metric.Name)
            {
                return found;
            }
        }

        return null;
    }

    private int MetricOf(ReadOnlySpan<byte> name)
    {
        int known = _metricNames.Count;
        int index = _metricNames.Add(name);
        if (index == known)
        {
            Metric metric = Metrics.Find(System.Text.Encoding.UTF8.GetString(name)) ?? Metrics.Unlisted(System.Text.Encoding.UTF8.GetString(name), "");
            SleepStage? stage = null;
            foreach ((Metric sleep, SleepStage its) in Stages)
            {
                stage = sleep == metric ? its : stage;
            }

            _metrics.Add((metric, stage));
        }

        return index;
    }

    /// <summary>Combines the sources of each metric.</summary>
    private void Choose()
    {
        _done.Clear();
        for (int first = 0; first < _cells.Count; first++)
        {
            int metric = _cells[first].Metric;
            if (!_done.Add(metric))
            {
                continue;
            }

            bool isCumulative = _metrics[metric].Metric.Kind == MetricKind.Cumulative;
            Cell chosen = _cells[first];
            for (int i = first + 1; i < _cells.Count; i++)
            {
                Cell cell = _cells[i];
                if (cell.Metric != metric)
                {
                    continue;
                }

                if (!isCumulative || policy.AddsAll)
                {
                    chosen = chosen.Plus(cell);
                    continue;
                }

                bool isBetter = IsBetter(cell, chosen);
                LeftOut += isBetter ? chosen.Count : cell.Count;
                chosen = isBetter ? cell : chosen;
            }

            _result.Add(new DayMetric(_metrics[metric].Metric, chosen.Count, chosen.Sum, chosen.Min, chosen.Max));
        }
    }

    private bool IsBetter(in Cell candidate, in Cell chosen)
    {
        ReadOnlySpan<byte> name = _sourceNames[candidate.Source], chosenName = _sourceNames[chosen.Source];
        int byRank = policy.RankOf(name).CompareTo(policy.RankOf(chosenName));
        int bySum = byRank != 0 ? byRank : chosen.Sum.CompareTo(candidate.Sum);
        return bySum != 0 ? bySum < 0 : name.SequenceCompareTo(chosenName) < 0;
    }

    private void AddNight()
    {
        if (Night.IsEmpty)
        {
            return;
        }

        Night.AddUp(_sourceNames.Count, source => policy.RankOf(_sourceNames[source]), (a, b) => _sourceNames[a].SequenceCompareTo(_sourceNames[b]));
        long sleeps = 0;
        foreach ((Metric metric, SleepStage stage) in Stages)
        {
            long count = Night.CountOf(stage);
            sleeps += stage is SleepStage.Awake or SleepStage.InBed ? 0 : count;
            if (stage != SleepStage.Asleep && count > 0)
            {
                AddMinutes(metric, count, Night[stage]);
            }
        }

        if (sleeps > 0)
        {
            AddMinutes(Metrics.Sleep, sleeps, Night.Asleep);
        }
    }

    /// <param name="metric">The metric.</param>
    /// <param name="count">The number of intervals.</param>
    /// <param name="time">Their time in microseconds.</param>
    private void AddMinutes(Metric metric, long count, long time) => _result.Add(new DayMetric(metric, count, time / 60, 0, 0));

    private readonly record struct Cell(int Metric, int Source, long Count, Int128 Sum, long Min, long Max)
    {
        public Cell Plus(in SampleTotals totals) =>
            this with { Count = Count + totals.Count, Sum = Sum + totals.Sum, Min = Math.Min(Min, totals.Min), Max = Math.Max(Max, totals.Max) };

        public Cell Plus(in Cell other) =>
            this with { Count = Count + other.Count, Sum = Sum + other.Sum, Min = Math.Min(Min, other.Min), Max = Math.Max(Max, other.Max) };
    }
}

/// <summary>The samples of one metric on one day. Sum, min and max are in micros of the metric's unit.</summary>
internal readonly record struct DayMetric(Metric Metric, long Count, Int128 Sum, long Min, long Max);
