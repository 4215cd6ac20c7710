using FastIngest.Json;
using FastIngest.Json.Shapes;
using FastIngest.Shuffle;

namespace FastIngest.Health;

/// <summary>
/// Turns the fields of records into events: checks them by the rules of the specification and appends them to the
/// segment of their key. One mapper serves one category and one worker; records come in input order.
/// </summary>
public sealed class RecordMapper
{
    /// <summary>The day under which a user's own record is kept: before all days.</summary>
    public const int ProfileDay = -1;

    private readonly Category _category;
    private readonly RecordSchema _schema;
    private readonly long[] _samples = new long[SampleReduction.MaxRun];
    private readonly NameList _names = new();
    private long[] _numbers = new long[Segment.GroupSize];

    // Which of the numbers are there, a bit each.
    private ushort[] _present = new ushort[1];
    private byte[] _runUser = [];
    private int _runUserLength;
    private int _runDay;
    private int _sampleCount;
    private bool _runHasLastKey;
    private LastKey _last = LastKey.None;
    private byte[] _scratch = new byte[256];
    private int _scratchLength;

    public RecordMapper(Category category)
    {
        _category = category;
        _schema = RecordSchema.Of(category);
    }

    /// <summary>
    /// Adds a record, the bytes that the fields refer to, to the output, or says why it is rejected.
    /// </summary>
    public RejectReason? Map(ReadOnlySpan<byte> record, RecordFields fields, MapOutput output) =>
        _runHasLastKey && fields.RepeatedBytes >= _last.Bytes && TryAddToRun(record, fields) ? null : MapAny(record, fields, output);

    /// <summary>Whether the last record was a sample, so that more of its run may follow.</summary>
    public bool IsInRun => _runHasLastKey;

    /// <summary>What the samples of the run have in common with the last record.</summary>
    public RunKey RunKey => new(_last.Bytes, _last.DayIndex);

    /// <summary>Where samples that go on with the run may be put, for <see cref="AddToRun"/>.</summary>
    public Span<long> RunRoom => _samples.AsSpan(_sampleCount);

    /// <summary>Takes that many samples from <see cref="RunRoom"/>.</summary>
    public void AddToRun(int count) => _sampleCount += count;

    private RejectReason? MapAny(ReadOnlySpan<byte> record, RecordFields fields, MapOutput output)
    {
        if (!TryGetKey(record, fields, out ReadOnlySpan<byte> user, out int day))
        {
            return user.IsEmpty ? RejectReason.NoUserId : RejectReason.NoDate;
        }

        if (_category == Category.HeartRate)
        {
            if (!TryGetNumber(record, fields, RecordSchema.FirstOwn, out long value))
            {
                return RejectReason.NoValue;
            }

            AddSample(user, day, value, output);
            return null;
        }

        AddEvent(record, fields, user, day, output);
        return null;
    }

    /// <summary>The key of a record; false when it has none, with an empty user when that is what lacks.</summary>
    public bool TryGetKey(ReadOnlySpan<byte> record, RecordFields fields, out ReadOnlySpan<byte> user, out int day)
    {
        _scratchLength = 0;
        if (fields.RepeatedBytes >= _last.Bytes && fields[_last.DayIndex].Kind == FieldKind.String)
        {
            Field userField = fields[RecordSchema.UserId];
            user = record.Slice(userField.Start, userField.Length);
            day = _last.Day;
            return HasTimeOrNone(record, fields[_last.DayIndex]);
        }

        _last = LastKey.None;
        _runHasLastKey = false;
        day = ProfileDay;
        if (!TryGetText(record, fields[RecordSchema.UserId], out user))
        {
            return false;
        }

        if (_category == Category.Users)
        {
            return true;
        }

        int index = DayIndex(fields);
        if (fields[index].Kind is not (FieldKind.String or FieldKind.EscapedString)
            || !DateParser.TryParseDay(Decode(record, fields[index]), out day))
        {
            return false;
        }

        _last = new LastKey(fields[RecordSchema.UserId], fields[index], index, day);
        return true;
    }

    /// <summary>The text of the field that holds the day, with the time if it has one, of a record that has a key.</summary>
    internal ReadOnlySpan<byte> DayText(ReadOnlySpan<byte> record, RecordFields fields) => Decode(record, fields[DayIndex(fields)]);

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
        _runHasLastKey = false;
        Segment segment = output.Begin(user, _runDay, SampleEvent.MaxBytes);
        SampleEvent.Write(segment, totals);
        segment.End();
    }

    /// <summary>Forgets what is held back; for a chunk that is read again.</summary>
    public void Reset()
    {
        _sampleCount = 0;
        _last = LastKey.None;
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
        _runHasLastKey = true;
        if (large)
        {
            Flush(output);
        }
    }

    /// <summary>Adds a plain sample with the key of the one before, as most are, to its run.</summary>
    private bool TryAddToRun(ReadOnlySpan<byte> record, RecordFields fields)
    {
        ref Field day = ref fields[_last.DayIndex];
        ref Field own = ref fields[RecordSchema.FirstOwn];
        long value = fields.Micros(RecordSchema.FirstOwn);
        if (own.Kind != FieldKind.Decimal || day.Kind != FieldKind.String || !HasTimeOrNone(record, day)
            || value is >= SampleReduction.MaxMagnitude or <= -SampleReduction.MaxMagnitude
            || (uint)_sampleCount >= (uint)_samples.Length)
        {
            return false;
        }

        _samples[_sampleCount++] = value;
        return true;
    }

    private void AddEvent(ReadOnlySpan<byte> record, RecordFields fields, ReadOnlySpan<byte> user, int day, MapOutput output)
    {
        switch (_category)
        {
            case Category.Measurements:
                AddMeasurements(record, fields, user, day, output);
                break;
            case Category.Users:
                // Every partition that may hold one of the user's days gets the record.
                (int first, int last) = output.RangeOf(user);
                for (int partition = first; partition <= last; partition++)
                {
                    Segment segment = output.Touch(partition);
                    segment.Begin(user, day, MaxPayload(fields));
                    WritePayload(record, fields, segment);
                }

                break;
            default:
                WritePayload(record, fields, output.Begin(user, day, MaxPayload(fields)));
                break;
        }
    }

    private long MaxPayload(RecordFields fields)
    {
        long bytes = Segment.MaxNumbersBytes(_schema.NumberCount);
        for (int i = RecordSchema.FirstOwn; i < RecordSchema.FirstOwn + _schema.TextCount; i++)
        {
            bytes += Segment.MaxTextBytes(fields[i].Length);
        }

        return bytes;
    }

    /// <summary>Writes the texts and numbers of the category and ends the event.</summary>
    private void WritePayload(ReadOnlySpan<byte> record, RecordFields fields, Segment segment)
    {
        int first = RecordSchema.FirstOwn;
        for (; first < RecordSchema.FirstOwn + _schema.TextCount; first++)
        {
            TryGetText(record, fields[first], out ReadOnlySpan<byte> text);
            segment.WriteText(text);
        }

        Span<long> numbers = _numbers.AsSpan(0, _schema.NumberCount);
        uint present = Decimals(fields, first, numbers);
        if (present != (1u << numbers.Length) - 1)
        {
            present |= OtherNumbers(record, fields, first, numbers, present);
        }

        segment.WriteNumbers(numbers, present);
        segment.End();
    }

    /// <summary>Takes the numbers that were read already: a loop without calls, for nearly all.</summary>
    private static uint Decimals(RecordFields fields, int first, Span<long> numbers)
    {
        uint present = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            long number = 0;
            if (fields[first + i].Kind == FieldKind.Decimal)
            {
                number = fields.Micros(first + i);
                present |= 1u << i;
            }

            numbers[i] = number;
        }

        return present;
    }

    private uint OtherNumbers(ReadOnlySpan<byte> record, RecordFields fields, int first, Span<long> numbers, uint known)
    {
        uint present = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            if ((known >> i & 1) == 0 && TryGetNumber(record, fields[first + i], out numbers[i]))
            {
                present |= 1u << i;
            }
        }

        return present;
    }

    /// <summary>Appends the names of all fields that are no keys and the number of each, where it has one.</summary>
    private void AddMeasurements(ReadOnlySpan<byte> record, RecordFields fields, ReadOnlySpan<byte> user, int day, MapOutput output)
    {
        ReadOnlySpan<(Field Name, Field Value)> others = fields.Others;
        if (_numbers.Length < others.Length)
        {
            _numbers = new long[others.Length * 2];
            _present = new ushort[_numbers.Length / Segment.GroupSize + 1];
        }

        _names.Clear();
        int count = 0;
        foreach ((Field nameField, Field value) in others)
        {
            ReadOnlySpan<byte> name = Decode(record, nameField);
            if (IsKeyName(name))
            {
                continue;
            }

            _names.Add(name);
            ref ushort present = ref _present[count / Segment.GroupSize];
            int bit = count % Segment.GroupSize;
            present = (ushort)((bit == 0 ? 0 : present) | ((TryGetNumber(record, value, out _numbers[count]) ? 1 : 0) << bit));
            count++;
        }

        Segment segment = output.Begin(user, day, Segment.MaxTextBytes(_names.Bytes.Length) + Segment.MaxNumbersBytes(count));
        segment.WriteText(_names.Bytes);
        for (int start = 0; start < count; start += Segment.GroupSize)
        {
            segment.WriteNumbers(_numbers.AsSpan(start, Math.Min(Segment.GroupSize, count - start)), _present[start / Segment.GroupSize]);
        }

        segment.End();
    }

    internal static bool IsKeyName(ReadOnlySpan<byte> name) =>
        name.Length >= 2 && name[^1] == 'd' && name[^2] == 'i' && (name.Length == 2 || name[^3] == '_');

    /// <summary>Of a text whose first bytes are a day.</summary>
    private static bool HasTimeOrNone(ReadOnlySpan<byte> record, in Field dayField) =>
        dayField.Length >= DateParser.DayBytes
        && DateParser.IsRest(record.Slice(dayField.Start + DateParser.DayBytes, dayField.Length - DateParser.DayBytes));

    /// <summary>The field that holds the day: the first that is present and not null.</summary>
    private static int DayIndex(RecordFields fields)
    {
        int index = RecordSchema.Date;
        while (index < RecordSchema.Timestamp && fields[index].Kind is FieldKind.Missing or FieldKind.Null)
        {
            index++;
        }

        return index;
    }

    internal bool TryGetText(ReadOnlySpan<byte> record, in Field field, out ReadOnlySpan<byte> text)
    {
        if (field.Kind == FieldKind.String)
        {
            text = record.Slice(field.Start, field.Length);
            return !text.IsEmpty;
        }

        text = field.Kind is FieldKind.EscapedString or FieldKind.Number or FieldKind.Decimal or FieldKind.Boolean
            ? Decode(record, field)
            : default;
        return !text.IsEmpty;
    }

    internal bool TryGetNumber(ReadOnlySpan<byte> record, RecordFields fields, int index, out long micros)
    {
        if (fields[index].Kind == FieldKind.Decimal)
        {
            micros = fields.Micros(index);
            return true;
        }

        return TryGetNumber(record, fields[index], out micros);
    }

    internal bool TryGetNumber(ReadOnlySpan<byte> record, Field field, out long micros)
    {
        switch (field.Kind)
        {
            case FieldKind.Number:
                return DecimalParser.TryParse(record.Slice(field.Start, field.Length), out micros);
            case FieldKind.String or FieldKind.EscapedString:
                return DecimalParser.TryParse(Decode(record, field).Trim(" \t\r\n"u8), out micros);
            default:
                micros = 0;
                return false;
        }
    }

    /// <summary>The text of a field; of an escaped string in the scratch buffer, until the next record.</summary>
    internal ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> record, Field field)
    {
        ReadOnlySpan<byte> raw = record.Slice(field.Start, field.Length);
        if (field.Kind != FieldKind.EscapedString)
        {
            return raw;
        }

        if (_scratch.Length - _scratchLength < raw.Length)
        {
            // Texts decoded before keep the old buffer alive.
            _scratch = new byte[Math.Max(_scratch.Length, raw.Length) * 2];
            _scratchLength = 0;
        }

        Span<byte> target = _scratch.AsSpan(_scratchLength);
        int length = JsonString.Unescape(raw, target);
        _scratchLength += length;
        return target[..length];
    }

    /// <summary>What the last record had for a key, and how many of its first bytes hold it all.</summary>
    private readonly record struct LastKey(int Bytes, int DayIndex, int Day)
    {
        /// <summary>A key that no record repeats.</summary>
        public static readonly LastKey None = new(int.MaxValue, 0, 0);

        public LastKey(Field user, Field dayField, int dayIndex, int day)
            : this(int.MaxValue, dayIndex, day)
        {
            // The quote behind the user's id counts, as its length is part of it; behind the day there may be any time.
            if (user.Kind == FieldKind.String && dayField.Kind == FieldKind.String)
            {
                Bytes = Math.Max(user.Start + user.Length + 1, dayField.Start + DateParser.DayBytes);
            }
        }
    }
}
