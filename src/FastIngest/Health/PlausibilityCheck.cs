using System.Numerics;
using System.Runtime.CompilerServices;
using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>Finds implausible values in the records of one category.</summary>
public sealed class PlausibilityCheck
{
    /// <summary>The bit for the day in the result of <see cref="Find"/>; the lower bits are those of the numbers.</summary>
    private const uint DayBit = 1u << 31;

    private readonly ImplausiblePolicy _policy;
    private readonly byte[][] _names;
    private readonly NumberBounds _bounds;
    private readonly int _firstDay;
    private readonly uint _daySpan;
    private readonly long[] _kept;
    private readonly bool _isOfSamples;

    // The range of the metric of the last sample; null for a metric without one.
    private MetricRange? _range;

    public PlausibilityCheck(Category category, RecordRules rules)
    {
        _policy = rules.Implausible;
        RecordSchema schema = RecordSchema.Of(category);
        IReadOnlyDictionary<string, (long Min, long Max)> ranges = PlausibleRanges.Of(category);
        string[] names = [.. Enumerable.Range(RecordSchema.FirstOwn + schema.TextCount, schema.NumberCount).Select(schema.Names.NameAt)];
        _names = [.. names.Select(System.Text.Encoding.UTF8.GetBytes)];
        _bounds = new NumberBounds([.. names.Select(n => ranges[n].Min * 1_000_000)], [.. names.Select(n => ranges[n].Max * 1_000_000)]);
        _kept = new long[names.Length];
        _isOfSamples = category == Category.Samples;
        bool hasDays = category != Category.Users;
        _firstDay = hasDays ? PlausibleRanges.FirstDay : int.MinValue;
        _daySpan = hasDays ? (uint)(rules.LastDay - PlausibleRanges.FirstDay) : uint.MaxValue;
    }

    /// <summary>Returns one bit per implausible value of a record with a valid key; 0 for nearly all records.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Find(scoped in RecordView record)
    {
        uint found = _isOfSamples ? FindInSample(record) : _bounds.FindOutside(record.Numbers);
        return (found & record.NumbersPresent) | ((uint)(record.Day - _firstDay) > _daySpan ? DayBit : 0);
    }

    /// <summary>Whether all samples of a record's category, and of the metric of the last record, are plausible if these are the smallest and the largest of them, in micros.</summary>
    public bool AreSamplesPlausible(long smallest, long largest) => _range is null ? _bounds.Contain(smallest, largest) : _range.Contains(smallest, largest);

    /// <summary>As <see cref="AreSamplesPlausible(long, long)"/>, for samples in micros.</summary>
    public bool AreSamplesPlausible(ReadOnlySpan<long> samples)
    {
        if (samples.IsEmpty)
        {
            return true;
        }

        SampleTotals totals = SampleReduction.Reduce(samples);
        return AreSamplesPlausible(totals.Min, totals.Max);
    }

    /// <summary>Counts the implausible values of a record.</summary>
    /// <param name="found">The result of <see cref="Find"/>.</param>
    /// <param name="record">The record.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="counts">The counts by field.</param>
    public void Count(uint found, scoped in RecordView record, long offset, NameCounts counts)
    {
        if ((found & DayBit) != 0)
        {
            counts.Add(RecordSchema.DayFieldName, offset, record.Timestamp[..DateParser.DayBytes], isText: true);
        }

        Span<byte> text = stackalloc byte[DecimalText.MaxBytes];
        for (uint numbers = found & ~DayBit; numbers != 0; numbers &= numbers - 1)
        {
            int i = BitOperations.TrailingZeroCount(numbers);
            int length = DecimalText.Write(text, _isOfSamples ? WrongOf(record) : record.Numbers[i]);
            counts.Add(_isOfSamples ? record.Text0 : _names[i], offset, text[..length], isText: false);
        }
    }

    /// <summary>Looks at the value of a sample, and at the smallest and largest value of the time that it stands for.</summary>
    private uint FindInSample(scoped in RecordView record)
    {
        _range = MetricRanges.Find(record.Text0);
        return record.Numbers.IsEmpty
            || (AreSamplesPlausible(record.Numbers[0], record.Numbers[0]) && (record.Spread is not { } spread || AreSamplesPlausible(spread.Min, spread.Max))) ? 0u : 1u;
    }

    /// <summary>The value of an implausible sample that is the reason.</summary>
    private long WrongOf(scoped in RecordView record)
    {
        long value = record.Numbers[0];
        return record.Spread is not { } spread || !AreSamplesPlausible(value, value) ? value
            : AreSamplesPlausible(spread.Min, spread.Min) ? spread.Max : spread.Min;
    }

    /// <summary>Applies the policy to a record with implausible values; returns the reason if the record is rejected.</summary>
    public RejectReason? Apply(uint found, ref RecordView record)
    {
        if (_policy == ImplausiblePolicy.Drop)
        {
            record.Numbers.CopyTo(_kept);
            for (int i = 0; i < _kept.Length; i++)
            {
                _kept[i] = (found >> i & 1) != 0 ? 0 : _kept[i];
            }

            record.Numbers = _kept;
            record.NumbersPresent &= ~found;
            record.Day = (found & DayBit) != 0 ? RecordView.NoDay : record.Day;
        }

        return _policy == ImplausiblePolicy.Reject ? RejectReason.Implausible : null;
    }
}
