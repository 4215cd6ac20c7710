using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Checks records by the rules of the specification and appends them as events to the segment of their key. It serves one
/// category and one worker, whatever the dialect; records come in input order.
/// </summary>
public sealed class EventWriter
{
    private readonly Category _category;
    private readonly RecordSchema _schema;
    private readonly long[] _samples = new long[SampleReduction.MaxRun];
    private byte[] _runUser = [];
    private int _runUserLength;
    private int _runDay;
    private int _sampleCount;
    private bool _isInRun;

    public EventWriter(Category category)
    {
        _category = category;
        _schema = RecordSchema.Of(category);
    }

    /// <summary>Whether the last record was a sample, so that more of its run may follow.</summary>
    public bool IsInRun => _isInRun;

    /// <summary>Where samples with the key of the last record may be put, for <see cref="AddToRun"/>.</summary>
    public Span<long> RunRoom => _samples.AsSpan(_sampleCount);

    /// <summary>Takes that many samples from <see cref="RunRoom"/>.</summary>
    public void AddToRun(int count) => _sampleCount += count;

    /// <summary>Adds a sample, in micros, with the key of the last record, which was a sample too; false when it must come as a record.</summary>
    public bool TryAddToRun(long value)
    {
        if (value is >= SampleReduction.MaxMagnitude or <= -SampleReduction.MaxMagnitude || (uint)_sampleCount >= (uint)_samples.Length)
        {
            return false;
        }

        _samples[_sampleCount++] = value;
        return true;
    }

    /// <summary>Adds a record to the output, or says why it is rejected.</summary>
    public RejectReason? Write(scoped in RecordView record, MapOutput output)
    {
        _isInRun = false;
        if (record.UserId.IsEmpty)
        {
            return RejectReason.NoUserId;
        }

        if (record.Day == RecordView.NoDay)
        {
            return RejectReason.NoDate;
        }

        switch (_category)
        {
            case Category.HeartRate when record.NumbersPresent == 0:
                return RejectReason.NoValue;
            case Category.HeartRate:
                AddSample(record.UserId, record.Day, record.Numbers[0], output);
                break;
            case Category.Measurements:
                AddMeasurements(record, output);
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

    /// <summary>Appends what is held back; to be called at the end of a chunk.</summary>
    public void Flush(MapOutput output)
    {
        if (_sampleCount == 0)
        {
            return;
        }

        ReadOnlySpan<byte> user = _runUser.AsSpan(0, _runUserLength);
        SampleTotals totals = SampleReduction.Reduce(_samples.AsSpan(0, _sampleCount));
        _sampleCount = 0;
        _isInRun = false;
        Segment segment = output.Begin(user, _runDay, SampleEvent.MaxBytes);
        SampleEvent.Write(segment, totals);
        segment.End();
    }

    /// <summary>Forgets what is held back; for a chunk that is read again.</summary>
    public void Reset()
    {
        _sampleCount = 0;
        _isInRun = false;
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
            if (_runUser.Length < user.Length)
            {
                _runUser = new byte[user.Length * 2];
            }

            user.CopyTo(_runUser);
            _runUserLength = user.Length;
            _runDay = day;
        }

        _samples[_sampleCount++] = value;
        _isInRun = true;
        if (large)
        {
            Flush(output);
        }
    }

    /// <summary>Every partition that may hold one of the user's days gets the record.</summary>
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

    private long MaxPayload(scoped in RecordView record)
    {
        long bytes = Segment.MaxNumbersBytes(_schema.NumberCount);
        for (int i = 0; i < _schema.TextCount; i++)
        {
            bytes += Segment.MaxTextBytes(record.Text(i).Length);
        }

        return bytes;
    }

    /// <summary>Writes the texts and numbers of the category and ends the event.</summary>
    private void WritePayload(scoped in RecordView record, Segment segment)
    {
        for (int i = 0; i < _schema.TextCount; i++)
        {
            segment.WriteText(record.Text(i));
        }

        segment.WriteNumbers(record.Numbers, record.NumbersPresent);
        segment.End();
    }

    private static void AddMeasurements(scoped in RecordView record, MapOutput output)
    {
        NamedNumbers named = record.Named;
        ReadOnlySpan<long> numbers = named.Numbers;
        Segment segment = output.Begin(
            record.UserId, record.Day, Segment.MaxTextBytes(named.Names.Length) + Segment.MaxNumbersBytes(numbers.Length));
        segment.WriteText(named.Names);
        for (int start = 0; start < numbers.Length; start += Segment.GroupSize)
        {
            segment.WriteNumbers(numbers.Slice(start, Math.Min(Segment.GroupSize, numbers.Length - start)), named.Present[start / Segment.GroupSize]);
        }

        segment.End();
    }
}
