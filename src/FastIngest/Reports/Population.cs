using System.Globalization;
using System.Runtime.InteropServices;

namespace FastIngest.Reports;

/// <summary>
/// What all people together have on a day: how many have data, and quantiles of some measures. Memory is bounded: when there are too
/// many days, weeks take their place, then four weeks, then years.
/// </summary>
internal sealed class Population
{
    private const int MaxBuckets = 2_000, MaxCoverageDays = 40_000;

    private static readonly int[] BucketLengths = [1, 7, 28, 364, 3_640];

    /// <summary>The measures that have quantiles, each with the range of its bins.</summary>
    private static readonly ValueRange[] Ranges =
    [
        new("activity_steps", 0, 40_000),
        new("sleep_hours", 0, 16),
        new("resting_hr", 30, 130),
        new("hr_mean", 30, 190),
        new("meal_kcal", 0, 8_000),
        new("weight", 20, 180),
    ];

    private static readonly double[] Quantiles = [0.1, 0.25, 0.5, 0.75, 0.9];

    private readonly int[] _measures = Array.ConvertAll(Ranges, r => Measure.IndexOf(r.Name));
    private readonly Dictionary<int, int> _coverage = [];
    private Dictionary<int, ValueSketch[]> _buckets = [];
    private int _length;

    /// <summary>The days of a bucket of the quantiles.</summary>
    public int BucketDays => BucketLengths[_length];

    /// <summary>Whether the coverage has every day.</summary>
    public bool IsCoverageComplete { get; private set; } = true;

    /// <summary>Adds a day of a person.</summary>
    /// <param name="day">As <see cref="DateOnly.DayNumber"/>.</param>
    /// <param name="values">A value for each of <see cref="Measure.All"/>.</param>
    public void Add(int day, ReadOnlySpan<double> values)
    {
        if (_coverage.Count < MaxCoverageDays || _coverage.ContainsKey(day))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_coverage, day, out _)++;
        }
        else
        {
            IsCoverageComplete = false;
        }

        ValueSketch[] sketches = BucketOf(day);
        for (int i = 0; i < _measures.Length; i++)
        {
            double value = values[_measures[i]];
            if (!double.IsNaN(value))
            {
                sketches[i].Add(value);
            }
        }
    }

    /// <summary>Returns the columns of the overview.</summary>
    public List<NumberColumn> ToColumns()
    {
        NumberColumn coverageDay = new("coverage_day", 0), coveragePeople = new("coverage_people", 0), bucketDay = new("bucket_day", 0);
        foreach (int day in Sorted(_coverage.Keys))
        {
            coverageDay.Add((long)day);
            coveragePeople.Add((long)_coverage[day]);
        }

        List<NumberColumn> columns = [coverageDay, coveragePeople, bucketDay];
        int[] buckets = Sorted(_buckets.Keys);
        foreach (int bucket in buckets)
        {
            bucketDay.Add((long)bucket * BucketDays);
        }

        for (int i = 0; i < _measures.Length; i++)
        {
            Measure measure = Measure.All[_measures[i]];
            NumberColumn count = new(measure.Name + "_n", 0);
            foreach (int bucket in buckets)
            {
                count.Add((long)_buckets[bucket][i].Count);
            }

            columns.Add(count);
            foreach (double share in Quantiles)
            {
                NumberColumn column = new(string.Create(CultureInfo.InvariantCulture, $"{measure.Name}_p{share * 100:0}"), measure.Decimals);
                foreach (int bucket in buckets)
                {
                    column.Add(_buckets[bucket][i].Quantile(share));
                }

                columns.Add(column);
            }
        }

        return columns;
    }

    private ValueSketch[] BucketOf(int day)
    {
        while (true)
        {
            int bucket = day / BucketDays;
            if (_buckets.TryGetValue(bucket, out ValueSketch[]? sketches))
            {
                return sketches;
            }

            if (_buckets.Count < MaxBuckets || _length == BucketLengths.Length - 1)
            {
                return _buckets[bucket] = Empty();
            }

            Widen();
        }
    }

    private void Widen()
    {
        int times = BucketLengths[_length + 1] / BucketDays;
        _length++;
        Dictionary<int, ValueSketch[]> wider = [];
        foreach ((int bucket, ValueSketch[] sketches) in _buckets)
        {
            if (!wider.TryGetValue(bucket / times, out ValueSketch[]? sums))
            {
                wider[bucket / times] = sums = Empty();
            }

            for (int i = 0; i < sums.Length; i++)
            {
                sums[i].Add(sketches[i]);
            }
        }

        _buckets = wider;
    }

    private static ValueSketch[] Empty() => Array.ConvertAll(Ranges, r => new ValueSketch(r.Low, r.High));

    private static int[] Sorted(IReadOnlyCollection<int> keys)
    {
        int[] sorted = [.. keys];
        Array.Sort(sorted);
        return sorted;
    }

    private sealed record ValueRange(string Name, double Low, double High);
}
