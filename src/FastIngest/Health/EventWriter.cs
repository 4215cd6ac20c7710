using System.Runtime.CompilerServices;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Validates records and appends them as events to the segment of their key. The rules are those of the specification and
/// hold for every dialect. One instance serves one category and one worker; records arrive in input order.
/// </summary>
public sealed class EventWriter
{
    private static readonly SampleTotals NoSamples = new(0, 0, long.MaxValue, long.MinValue);

    private readonly Category _category;
    private readonly int _textCount;
    private readonly long _maxNumbersBytes;
    private readonly long[] _samples = new long[SampleReduction.MaxRun];
    private byte[] _runUser = [], _runMetric = [], _runSource = [];
    private int _runUserLength, _runMetricLength, _runSourceLength;
    private int _runDay;
    private int _sampleCount;

    // The samples of the run that are averages with a spread.
    private SampleTotals _spreads = NoSamples;
    private bool _isInRun;

    public EventWriter(Category category)
    {
        _category = category;
        RecordSchema schema = RecordSchema.Of(category);
        _textCount = schema.TextCount;
        _maxNumbersBytes = Segment.MaxNumbersBytes(schema.NumberCount);
    }

    /// <summary>Whether each event begins with the time of its record, see <see cref="RepeatRule"/>. Set it before the first record of a chunk.</summary>
    public bool KeepsTimes { get; set; }

    /// <summary>Whether the last record was a sample, so that further samples of its run may follow.</summary>
    public bool IsInRun => _isInRun;

    /// <summary>The smallest sample, in micros, that <see cref="Flush"/> has taken from the buffer since <see cref="Reset"/>.</summary>
    public long SmallestSample { get; private set; } = long.MaxValue;

    /// <summary>The largest sample, in micros, that <see cref="Flush"/> has taken from the buffer since <see cref="Reset"/>.</summary>
    public long LargestSample { get; private set; } = long.MinValue;

    /// <summary>
    /// The free part of the sample buffer. Callers write samples with the key of the last record here and then call
    /// <see cref="AddToRun"/>.
    /// </summary>
    public Span<long> RunRoom => _samples.AsSpan(_sampleCount);

    /// <summary>Adds the first <paramref name="count"/> samples in <see cref="RunRoom"/> to the current run.</summary>
    public void AddToRun(int count) => _sampleCount += count;

    /// <summary>
    /// Adds a sample with the key of the last record, which must be a sample too. False when the value is too large or the
    /// run is full: then the caller passes the sample to <see cref="Write"/>.
    /// </summary>
    /// <param name="value">The sample in micros.</param>
    public bool TryAddToRun(long value)
    {
        if (value is >= SampleReduction.MaxMagnitude or <= -SampleReduction.MaxMagnitude || (uint)_sampleCount >= (uint)_samples.Length)
        {
            return false;
        }

        _samples[_sampleCount++] = value;
        return true;
    }

    /// <summary>Ends the run: the next record is read by itself. Samples in the buffer stay.</summary>
    public void EndRun() => _isInRun = false;

    /// <summary>Returns why a record is rejected, whatever its values are; null when it is accepted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RejectReason? Check(scoped in RecordView record)
    {
        if (record.UserId.IsEmpty)
        {
            return RejectReason.NoUserId;
        }

        if (record.Day <= RecordView.AmbiguousDay)
        {
            return record.Day == RecordView.NoDay ? RejectReason.NoDate : RejectReason.AmbiguousDate;
        }

        if (_category is Category.HeartRate or Category.Samples && record.NumbersPresent == 0)
        {
            return RejectReason.NoValue;
        }

        // An interval of sleep that ends before it starts says nothing of the night.
        return _category == Category.Samples && record.Numbers[0] < 0 && SleepMetric.Is(record.Text0) ? RejectReason.NoDate : null;
    }

    /// <summary>Adds a record to the output. Returns null, or the reason why the record is rejected.</summary>
    public RejectReason? Write(scoped in RecordView record, MapOutput output)
    {
        _isInRun = false;
        if (Check(record) is { } reason)
        {
            return reason;
        }

        switch (_category)
        {
            case Category.HeartRate when KeepsTimes:
                AddSampleWithTime(record, output);
                break;
            case Category.HeartRate:
                AddSample(record.UserId, record.Day, record.Numbers[0], output);
                break;
            case Category.Measurements:
                AddMeasurements(record, output);
                break;
            case Category.Samples:
                AddMetricSample(record, output);
                break;
            case Category.Users:
                AddProfile(record, output);
                break;
            default:
                WritePayload(record, output.Begin(record.UserId, record.Day, MaxPayload(record)));
                break;
        }

        return null;
    }

    /// <summary>Appends the buffered samples to the output. Call it at the end of each chunk.</summary>
    public void Flush(MapOutput output)
    {
        ReadOnlySpan<byte> user = _runUser.AsSpan(0, _runUserLength);
        if (_spreads.Count > 0)
        {
            WriteRunOfMetric(user, _spreads, output);
            _spreads = NoSamples;
        }

        if (_sampleCount == 0)
        {
            return;
        }

        SampleTotals totals = SampleReduction.Reduce(_samples.AsSpan(0, _sampleCount));
        SmallestSample = Math.Min(SmallestSample, totals.Min);
        LargestSample = Math.Max(LargestSample, totals.Max);
        _sampleCount = 0;
        _isInRun = false;
        if (_category == Category.Samples)
        {
            WriteRunOfMetric(user, totals, output);
            return;
        }

        Segment segment = output.Begin(user, _runDay, SampleEvent.MaxBytes);
        SampleEvent.Write(segment, totals);
        segment.End();
    }

    /// <summary>Discards the buffered samples; for a chunk that is read once more.</summary>
    public void Reset()
    {
        _sampleCount = 0;
        _spreads = NoSamples;
        _isInRun = false;
        SmallestSample = long.MaxValue;
        LargestSample = long.MinValue;
    }

    private void AddSample(ReadOnlySpan<byte> user, int day, long value, MapOutput output)
    {
        bool sameRun = _sampleCount > 0 && day == _runDay && user.SequenceEqual(_runUser.AsSpan(0, _runUserLength));
        bool large = value is >= SampleReduction.MaxMagnitude or <= -SampleReduction.MaxMagnitude;
        if (!sameRun || large || _sampleCount == _samples.Length)
        {
            Flush(output);
        }

        if (!sameRun)
        {
            Keep(user, ref _runUser, ref _runUserLength);
            _runDay = day;
        }

        _samples[_sampleCount++] = value;
        _isInRun = true;
        if (large)
        {
            Flush(output);
        }
    }

    /// <summary>
    /// Adds a sample of a metric. An interval of sleep keeps its times. Of other metrics, consecutive samples of the same source and
    /// day become one event, unless repeats are looked for, which needs each sample.
    /// </summary>
    private void AddMetricSample(scoped in RecordView record, MapOutput output)
    {
        bool isSleep = SleepMetric.Is(record.Text0);
        long value = record.Numbers[0];
        if (!isSleep && !KeepsTimes)
        {
            AddToRunOfMetric(record, value, output);
            return;
        }

        ReadOnlySpan<byte> end = KeepsTimes ? record.Text2 : default;
        Segment segment = output.Begin(
            record.UserId, record.Day, Segment.MaxTextBytes(record.Identity.Length) + MetricSample.MaxBytes(record.Text0.Length, record.Text1.Length, end.Length));
        if (KeepsTimes)
        {
            segment.WriteText(record.Identity);
        }

        segment.WriteText(record.Text0);
        segment.WriteText(record.Text1);
        if (KeepsTimes)
        {
            segment.WriteText(end);
        }

        if (isSleep)
        {
            (long from, long until) = SleepMetric.Interval(record);
            MetricSample.WriteInterval(segment, from, until);
        }
        else
        {
            SampleSpread spread = record.Spread ?? new SampleSpread(value, value);
            SampleEvent.Write(segment, new SampleTotals(1, value, spread.Min, spread.Max));
        }

        segment.End();
    }

    private void AddToRunOfMetric(scoped in RecordView record, long value, MapOutput output)
    {
        bool sameRun = (_sampleCount > 0 || _spreads.Count > 0) && record.Day == _runDay
            && record.Text0.SequenceEqual(_runMetric.AsSpan(0, _runMetricLength))
            && record.Text1.SequenceEqual(_runSource.AsSpan(0, _runSourceLength))
            && record.UserId.SequenceEqual(_runUser.AsSpan(0, _runUserLength));
        bool large = value is >= SampleReduction.MaxMagnitude or <= -SampleReduction.MaxMagnitude;
        if (!sameRun || large || _sampleCount == _samples.Length || _spreads.Count == SampleReduction.MaxRun)
        {
            Flush(output);
        }

        if (!sameRun)
        {
            Keep(record.UserId, ref _runUser, ref _runUserLength);
            Keep(record.Text0, ref _runMetric, ref _runMetricLength);
            Keep(record.Text1, ref _runSource, ref _runSourceLength);
            _runDay = record.Day;
        }

        if (record.Spread is { } spread)
        {
            _spreads = new SampleTotals(_spreads.Count + 1, _spreads.Sum + value, Math.Min(_spreads.Min, spread.Min), Math.Max(_spreads.Max, spread.Max));
        }
        else
        {
            _samples[_sampleCount++] = value;
            _isInRun = true;
        }

        if (large)
        {
            Flush(output);
        }
    }

    private void WriteRunOfMetric(ReadOnlySpan<byte> user, in SampleTotals totals, MapOutput output)
    {
        Segment segment = output.Begin(user, _runDay, MetricSample.MaxBytes(_runMetricLength, _runSourceLength, 0));
        segment.WriteText(_runMetric.AsSpan(0, _runMetricLength));
        segment.WriteText(_runSource.AsSpan(0, _runSourceLength));
        SampleEvent.Write(segment, totals);
        segment.End();
    }

    private static void Keep(ReadOnlySpan<byte> text, ref byte[] buffer, ref int length)
    {
        if (buffer.Length < text.Length)
        {
            buffer = new byte[text.Length * 2];
        }

        text.CopyTo(buffer);
        length = text.Length;
    }

    private static void AddSampleWithTime(scoped in RecordView record, MapOutput output)
    {
        long value = record.Numbers[0];
        Segment segment = output.Begin(record.UserId, record.Day, Segment.MaxTextBytes(record.Identity.Length) + SampleEvent.MaxBytes);
        segment.WriteText(record.Identity);
        SampleEvent.Write(segment, new SampleTotals(1, value, value, value));
        segment.End();
    }

    /// <summary>Adds the record to every partition that may hold one of the user's days.</summary>
    private void AddProfile(scoped in RecordView record, MapOutput output)
    {
        (int first, int last) = output.RangeOf(record.UserId);
        for (int partition = first; partition <= last; partition++)
        {
            Segment segment = output.Touch(partition);
            segment.Begin(record.UserId, record.Day, MaxPayload(record));
            WritePayload(record, segment);
        }
    }

    /// <summary>The most bytes that the payload takes. A text that the category lacks, and a time that is not kept, cost a few bytes of room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long MaxPayload(scoped in RecordView record) =>
        _maxNumbersBytes + Segment.MaxTextBytes(record.Identity.Length) + Segment.MaxTextBytes(record.Text0.Length) + Segment.MaxTextBytes(record.Text1.Length) + Segment.MaxTextBytes(record.Text2.Length);

    /// <summary>Writes the texts and numbers of the category and ends the event.</summary>
    private void WritePayload(scoped in RecordView record, Segment segment)
    {
        if (KeepsTimes)
        {
            segment.WriteText(record.Identity);
        }

        // Without a loop: nearly every category has one text.
        if (_textCount > 0)
        {
            segment.WriteText(record.Text0);
            if (_textCount > 1)
            {
                segment.WriteText(record.Text1);
                if (_textCount > 2)
                {
                    segment.WriteText(record.Text2);
                }
            }
        }

        segment.WriteNumbers(record.Numbers, record.NumbersPresent);
        segment.End();
    }

    private void AddMeasurements(scoped in RecordView record, MapOutput output)
    {
        NamedNumbers named = record.Named;
        ReadOnlySpan<long> numbers = named.Numbers;
        Segment segment = output.Begin(
            record.UserId,
            record.Day,
            Segment.MaxTextBytes(named.Names.Length) + Segment.MaxNumbersBytes(numbers.Length) + (KeepsTimes ? Segment.MaxTextBytes(record.Identity.Length) : 0));
        if (KeepsTimes)
        {
            segment.WriteText(record.Identity);
        }

        segment.WriteText(named.Names);
        for (int start = 0; start < numbers.Length; start += Segment.GroupSize)
        {
            segment.WriteNumbers(numbers.Slice(start, Math.Min(Segment.GroupSize, numbers.Length - start)), named.Present[start / Segment.GroupSize]);
        }

        segment.End();
    }
}
