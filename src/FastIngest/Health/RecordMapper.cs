using FastIngest.Json;
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

    private static readonly LastKey None = new(new RecordFields(new FieldNames(false, "user_id", "date")), RecordSchema.Date, 0);

    private readonly Category _category;
    private readonly RecordSchema _schema;
    private readonly long[] _samples = new long[SampleReduction.MaxRun];
    private byte[] _runUser = [];
    private int _runUserLength;
    private int _runDay;
    private int _sampleCount;
    private LastKey _last = None;
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
    public RejectReason? Map(ReadOnlySpan<byte> record, RecordFields fields, MapOutput output)
    {
        if (!TryGetKey(record, fields, out ReadOnlySpan<byte> user, out int day))
        {
            return user.IsEmpty ? RejectReason.NoUserId : RejectReason.NoDate;
        }

        switch (_category)
        {
            case Category.HeartRate:
                if (!TryGetNumber(record, fields, RecordSchema.FirstOwn, out long value))
                {
                    return RejectReason.NoValue;
                }

                AddSample(user, day, value, output);
                return null;
            case Category.Measurements:
                AddMeasurements(record, fields, user, day, output);
                return null;
            case Category.Users:
                // Every partition that may hold one of the user's days gets the record.
                (int first, int last) = output.RangeOf(user);
                for (int partition = first; partition <= last; partition++)
                {
                    AddEvent(record, fields, user, day, output.Touch(partition));
                }

                return null;
            default:
                AddEvent(record, fields, user, day, output.For(user, day));
                return null;
        }
    }

    /// <summary>The key of a record; false when it has none, with an empty user when that is what lacks.</summary>
    public bool TryGetKey(ReadOnlySpan<byte> record, RecordFields fields, out ReadOnlySpan<byte> user, out int day)
    {
        _scratchLength = 0;
        if (_last.Repeats(fields))
        {
            Field userField = fields[RecordSchema.UserId];
            Field dayField = fields[_last.DayIndex];
            user = record.Slice(userField.Start, userField.Length);
            day = _last.Day;
            return DateParser.IsRest(record.Slice(dayField.Start, dayField.Length)[DateParser.DayBytes..]);
        }

        _last = None;
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

        _last = new LastKey(fields, index, day);
        return true;
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
        Segment segment = output.For(user, _runDay);
        segment.Begin(user, _runDay, 4 * Segment.MaxNumberBytes);
        segment.WriteCount(totals.Count);
        segment.WriteNumber(totals.Sum);
        segment.WriteNumber(totals.Min);
        segment.WriteNumber(totals.Max);
        segment.End();
    }

    /// <summary>Forgets what is held back; for a chunk that is read again.</summary>
    public void Reset()
    {
        _sampleCount = 0;
        _last = None;
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
        if (large)
        {
            Flush(output);
        }
    }

    private void AddEvent(ReadOnlySpan<byte> record, RecordFields fields, ReadOnlySpan<byte> user, int day, Segment segment)
    {
        int firstNumber = RecordSchema.FirstOwn + _schema.TextCount;
        int end = firstNumber + _schema.NumberCount;
        int bound = _schema.NumberCount * Segment.MaxNumberBytes;
        for (int i = RecordSchema.FirstOwn; i < firstNumber; i++)
        {
            bound += Segment.MaxTextBytes(fields[i].Length);
        }

        segment.Begin(user, day, bound);
        for (int i = RecordSchema.FirstOwn; i < firstNumber; i++)
        {
            if (TryGetText(record, fields[i], out ReadOnlySpan<byte> text))
            {
                segment.WriteText(text);
            }
            else
            {
                segment.WriteNoText();
            }
        }

        for (int i = firstNumber; i < end; i++)
        {
            if (TryGetNumber(record, fields, i, out long number))
            {
                segment.WriteNumber(number);
            }
            else
            {
                segment.WriteNoNumber();
            }
        }

        segment.End();
    }

    /// <summary>Appends name and value of each numeric field; a name that comes again takes the last value, valid or not.</summary>
    private void AddMeasurements(ReadOnlySpan<byte> record, RecordFields fields, ReadOnlySpan<byte> user, int day, MapOutput output)
    {
        ReadOnlySpan<(Field Name, Field Value)> others = fields.Others;
        long bound = Segment.MaxNumberBytes;
        foreach ((Field name, _) in others)
        {
            bound += Segment.MaxTextBytes(name.Length) + Segment.MaxNumberBytes;
        }

        Segment segment = output.For(user, day);
        segment.Begin(user, day, (int)Math.Min(bound, int.MaxValue));
        segment.WriteCount(others.Length);
        foreach ((Field nameField, Field value) in others)
        {
            ReadOnlySpan<byte> name = Decode(record, nameField);
            segment.WriteText(name);
            if (!IsKeyName(name) && TryGetNumber(record, value, out long number))
            {
                segment.WriteNumber(number);
            }
            else
            {
                segment.WriteNoNumber();
            }
        }

        segment.End();
    }

    private static bool IsKeyName(ReadOnlySpan<byte> name) => name.SequenceEqual("id"u8) || name.EndsWith("_id"u8);

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

    private bool TryGetText(ReadOnlySpan<byte> record, Field field, out ReadOnlySpan<byte> text)
    {
        text = field.Kind is FieldKind.String or FieldKind.EscapedString or FieldKind.Number or FieldKind.Decimal or FieldKind.Boolean
            ? Decode(record, field)
            : default;
        return !text.IsEmpty;
    }

    private bool TryGetNumber(ReadOnlySpan<byte> record, RecordFields fields, int index, out long millionths)
    {
        if (fields[index].Kind == FieldKind.Decimal)
        {
            millionths = fields.Millionths(index);
            return true;
        }

        return TryGetNumber(record, fields[index], out millionths);
    }

    private bool TryGetNumber(ReadOnlySpan<byte> record, Field field, out long millionths)
    {
        switch (field.Kind)
        {
            case FieldKind.Number:
                return DecimalParser.TryParse(record.Slice(field.Start, field.Length), out millionths);
            case FieldKind.String or FieldKind.EscapedString:
                return DecimalParser.TryParse(Decode(record, field).Trim(" \t\r\n"u8), out millionths);
            default:
                millionths = 0;
                return false;
        }
    }

    /// <summary>The text of a field; of an escaped string in the scratch buffer, until the next record.</summary>
    private ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> record, Field field)
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

    /// <summary>What the last record had for a key, and where: it tells that the next one has the same.</summary>
    private readonly struct LastKey(RecordFields fields, int dayIndex, int day)
    {
        private readonly Field _user = fields[RecordSchema.UserId];
        private readonly int _dayStart = fields[dayIndex].Start;
        private readonly int _keyBytes = fields[RecordSchema.UserId].Kind == FieldKind.String
            ? Math.Max(fields[RecordSchema.UserId].Start + fields[RecordSchema.UserId].Length, fields[dayIndex].Start + DateParser.DayBytes)
            : int.MaxValue;

        public int DayIndex { get; } = dayIndex;

        public int Day { get; } = day;

        /// <summary>Whether the next record has its key where this one has it, among the bytes that it repeats.</summary>
        public bool Repeats(RecordFields next)
        {
            if (next.RepeatedBytes == 0 || next.RepeatedBytes < _keyBytes || next[RecordSchema.UserId] != _user || RecordMapper.DayIndex(next) != DayIndex)
            {
                return false;
            }

            ref Field day = ref next[DayIndex];
            return day.Kind == FieldKind.String && day.Start == _dayStart && day.Length >= DateParser.DayBytes;
        }
    }
}
