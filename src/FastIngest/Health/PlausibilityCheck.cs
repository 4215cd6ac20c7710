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

    public PlausibilityCheck(Category category, RecordRules rules)
    {
        _policy = rules.Implausible;
        RecordSchema schema = RecordSchema.Of(category);
        IReadOnlyDictionary<string, (long Min, long Max)> ranges = PlausibleRanges.Of(category);
        string[] names = [.. Enumerable.Range(RecordSchema.FirstOwn + schema.TextCount, schema.NumberCount).Select(schema.Names.NameAt)];
        _names = [.. names.Select(System.Text.Encoding.UTF8.GetBytes)];
        _bounds = new NumberBounds([.. names.Select(n => ranges[n].Min * 1_000_000)], [.. names.Select(n => ranges[n].Max * 1_000_000)]);
        _kept = new long[names.Length];
        bool hasDays = category != Category.Users;
        _firstDay = hasDays ? PlausibleRanges.FirstDay : int.MinValue;
        _daySpan = hasDays ? (uint)(rules.LastDay - PlausibleRanges.FirstDay) : uint.MaxValue;
    }

    /// <summary>Returns one bit per implausible value of a record with a valid key; 0 for nearly all records.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Find(scoped in RecordView record)
    {
        uint found = _bounds.FindOutside(record.Numbers);
        return (found & record.NumbersPresent) | ((uint)(record.Day - _firstDay) > _daySpan ? DayBit : 0);
    }

    /// <summary>Whether all samples of a record's category are plausible if these are the smallest and the largest of them, in micros.</summary>
    public bool AreSamplesPlausible(long smallest, long largest) => _bounds.Contain(smallest, largest);

    /// <summary>Whether all samples, in micros, are plausible.</summary>
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
            int length = DecimalText.Write(text, record.Numbers[i]);
            counts.Add(_names[i], offset, text[..length], isText: false);
        }
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
