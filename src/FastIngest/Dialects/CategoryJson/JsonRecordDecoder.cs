using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Json.Shapes;

namespace FastIngest.Dialects.CategoryJson;

/// <summary>
/// Turns the fields found by a JSON reader into a <see cref="RecordView"/>. One decoder serves one category and one worker.
/// Records must arrive in input order, because the decoder compares each key with the previous one.
/// </summary>
internal sealed class JsonRecordDecoder
{
    /// <summary>Up to this many names are compared with each other in place.</summary>
    private const int MaxCompared = 32;

    private readonly Category _category;
    private readonly RecordSchema _schema;
    private readonly NamedNumberList _named = new();
    private readonly long[] _numbers;
    private LastKey _last = LastKey.None;
    private readonly byte[] _iso = new byte[DateForms.MaxBytes];
    private byte[] _scratch = new byte[256];
    private int _scratchLength;

    public JsonRecordDecoder(Category category)
    {
        _category = category;
        _schema = RecordSchema.Of(category);
        _numbers = new long[_schema.NumberCount];
    }

    /// <summary>The data that the samples of a run have in common with the last record.</summary>
    public RunKey RunKey => new(_last.Bytes, _last.DayIndex);

    /// <summary>The user of records without one, in UTF-8; empty to reject such records.</summary>
    public ReadOnlyMemory<byte> DefaultUser { get; set; }

    /// <summary>Forgets the last record. Call it at the start of each chunk.</summary>
    public void Reset() => _last = LastKey.None;

    /// <summary>Returns whether a record is a plain sample with the key of the last record, as most records are, and its value in micros.</summary>
    public bool TryGetSampleOfLastKey(ReadOnlySpan<byte> record, RecordFields fields, out long value)
    {
        value = fields.Micros(RecordSchema.FirstOwn);
        if (fields.RepeatedBytes < _last.Bytes)
        {
            return false;
        }

        ref Field day = ref fields[_last.DayIndex];
        return fields[RecordSchema.FirstOwn].Kind == FieldKind.Decimal && day.Kind == FieldKind.String && HasTimeOrNone(record, day);
    }

    /// <summary>Decodes a record.</summary>
    /// <param name="record">The bytes that the fields refer to.</param>
    /// <param name="fields">The fields, in the order of the names in the category's schema.</param>
    /// <param name="view">Receives the key and, if the key is valid, the other fields.</param>
    public void Decode(ReadOnlySpan<byte> record, RecordFields fields, out RecordView view)
    {
        view = default;
        if (!TryDecodeKey(record, fields, ref view))
        {
            view.Day = view.Day == RecordView.AmbiguousDay ? view.Day : RecordView.NoDay;
            return;
        }

        if (_category == Category.Measurements)
        {
            view.Named = DecodeOthers(record, fields, out view.NumbersUnreadable);
            return;
        }

        int first = RecordSchema.FirstOwn;
        int texts = _schema.TextCount;
        if (texts > 0)
        {
            TryGetText(record, fields[first], out view.Text0);
            if (texts > 1)
            {
                TryGetText(record, fields[first + 1], out view.Text1);
            }

            if (texts > 2)
            {
                TryGetText(record, fields[first + 2], out view.Text2);
            }
        }

        Span<long> numbers = _numbers;
        uint present = Decimals(fields, first + texts, numbers);
        if (present != (1u << numbers.Length) - 1)
        {
            present |= OtherNumbers(record, fields, first + texts, numbers, present, out view.NumbersUnreadable);
        }

        view.Numbers = numbers;
        view.NumbersPresent = present;
    }

    /// <summary>Decodes only the key of a record; false when the key is missing. The user id is empty if it is the missing part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryDecodeKey(ReadOnlySpan<byte> record, RecordFields fields, ref RecordView view)
    {
        _scratchLength = 0;
        if (fields.RepeatedBytes >= _last.Bytes)
        {
            ref Field userField = ref fields[RecordSchema.UserId];
            ref Field dayField = ref fields[_last.DayIndex];
            if (userField.Kind == FieldKind.String && dayField.Kind == FieldKind.String && HasTimeOrNone(record, dayField))
            {
                view.UserId = record.Slice(userField.Start, userField.Length);
                view.Day = _last.Day;
                view.Timestamp = record.Slice(dayField.Start, dayField.Length);
                return true;
            }
        }

        return TryDecodeNewKey(record, fields, ref view);
    }

    /// <summary>Decodes the key of a record whose key may differ from the one before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryDecodeNewKey(ReadOnlySpan<byte> record, RecordFields fields, ref RecordView view)
    {
        _last = LastKey.None;
        if (!TryGetText(record, fields[RecordSchema.UserId], out view.UserId))
        {
            if (DefaultUser.IsEmpty)
            {
                return false;
            }

            view.UserId = DefaultUser.Span;
        }

        if (_category == Category.Users)
        {
            view.Day = RecordView.ProfileDay;
            return true;
        }

        int index = DayIndex(fields);
        if (fields[index].Kind is not (FieldKind.String or FieldKind.EscapedString or FieldKind.Number or FieldKind.Decimal))
        {
            return false;
        }

        view.Timestamp = Decode(record, fields[index]);
        if (!DateParser.TryParseDay(view.Timestamp, out view.Day))
        {
            // Only a day at the start of the text can be compared with the next record, so that the key is not kept.
            return TryDecodeOtherDate(ref view);
        }

        if (HasEmptyDay(fields, index))
        {
            // A later record with the same first bytes may have a day where this one has an empty text.
            return true;
        }

        // A record without a user has the default user, so that its key is its day.
        _last = fields[RecordSchema.UserId].Kind == FieldKind.Missing && fields[index].Kind == FieldKind.String
            ? new LastKey(fields[index].Start + DateParser.DayBytes, index, view.Day)
            : new LastKey(fields[RecordSchema.UserId], fields[index], index, view.Day);
        return true;
    }

    /// <summary>Reads the date in a form other than the usual one, and replaces it by the usual form.</summary>
    private bool TryDecodeOtherDate(ref RecordView view)
    {
        DateKind kind = DateForms.Read(view.Timestamp, _iso, out int length);
        view.Timestamp = _iso.AsSpan(0, length);
        view.Day = kind == DateKind.Ambiguous ? RecordView.AmbiguousDay : RecordView.NoDay;
        return kind == DateKind.Day && DateParser.TryParseDay(view.Timestamp, out view.Day);
    }

    /// <summary>Copies the numbers that the reader has already parsed. That is nearly all of them; the loop makes no calls.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    private uint OtherNumbers(ReadOnlySpan<byte> record, RecordFields fields, int first, Span<long> numbers, uint known, out uint unreadable)
    {
        uint present = 0;
        unreadable = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            if ((known >> i & 1) != 0 || fields[first + i].Kind is FieldKind.Missing or FieldKind.Null)
            {
                continue;
            }

            if (TryGetNumber(record, fields[first + i], out numbers[i]))
            {
                present |= 1u << i;
            }
            else if (!IsBlank(record, fields[first + i]))
            {
                unreadable |= 1u << i;
            }
        }

        return present;
    }

    private NamedNumbers DecodeOthers(ReadOnlySpan<byte> record, RecordFields fields, out uint unreadable)
    {
        ReadOnlySpan<(Field Name, Field Value)> others = fields.Others;
        unreadable = 0;
        _named.Clear(others.Length);
        foreach ((Field name, Field value) in others)
        {
            // The scratch buffer must keep the texts of the key, but not a name and its number.
            bool isNumber = TryGetNumber(record, value, out long micros);
            unreadable |= isNumber || value.Kind == FieldKind.Null ? 0u : 1u;
            _named.Add(Decode(record, name), isNumber ? micros : null);
        }

        return _named.Numbers;
    }

    /// <summary>Counts the fields of the last decoded record that hold something else than a number.</summary>
    /// <param name="record">The bytes that the fields refer to.</param>
    /// <param name="fields">The fields of the record.</param>
    /// <param name="unreadable">The bits of the number fields; any bit for measurements.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="counts">The counts by field.</param>
    public void CountUnreadable(ReadOnlySpan<byte> record, RecordFields fields, uint unreadable, long offset, NameCounts counts)
    {
        if (_category == Category.Measurements)
        {
            CountUnreadableOthers(record, fields, offset, counts);
            return;
        }

        int first = RecordSchema.FirstOwn + _schema.TextCount;
        for (; unreadable != 0; unreadable &= unreadable - 1)
        {
            int field = first + BitOperations.TrailingZeroCount(unreadable);
            CountUnreadable(record, Encoding.UTF8.GetBytes(_schema.Names.NameAt(field)), fields[field], offset, counts);
        }
    }

    /// <summary>Counts the measurements that are not numbers. Of a repeated name the last value counts.</summary>
    private void CountUnreadableOthers(ReadOnlySpan<byte> record, RecordFields fields, long offset, NameCounts counts)
    {
        ReadOnlySpan<(Field Name, Field Value)> others = fields.Others;
        if (!HavePlainNames(others))
        {
            CountUnreadableDecoded(record, fields, offset, counts);
            return;
        }

        for (int i = 0; i < others.Length; i++)
        {
            Field value = others[i].Value;
            ReadOnlySpan<byte> name = record.Slice(others[i].Name.Start, others[i].Name.Length);
            if (value.Kind == FieldKind.Null || NamedNumberList.IsKey(name) || TryGetNumber(record, value, out _) || IsBlank(record, value))
            {
                continue;
            }

            bool isLast = true;
            for (int later = i + 1; later < others.Length && isLast; later++)
            {
                isLast = !name.SequenceEqual(record.Slice(others[later].Name.Start, others[later].Name.Length));
            }

            if (isLast)
            {
                CountUnreadable(record, name, value, offset, counts);
            }
        }
    }

    /// <summary>Whether names can be compared in place: few of them, none with escapes, and none so long that it is cut.</summary>
    private static bool HavePlainNames(ReadOnlySpan<(Field Name, Field Value)> others)
    {
        foreach ((Field name, _) in others)
        {
            if (name.Kind == FieldKind.EscapedString || name.Length > ShortText.MaxNameBytes)
            {
                return false;
            }
        }

        return others.Length <= MaxCompared;
    }

    /// <summary>As <see cref="CountUnreadableOthers"/>, for any names.</summary>
    private void CountUnreadableDecoded(ReadOnlySpan<byte> record, RecordFields fields, long offset, NameCounts counts)
    {
        Dictionary<string, (byte[] Name, Field Value)> last = [];
        foreach ((Field name, Field value) in fields.Others)
        {
            byte[] text = ShortText.Cut(Decode(record, name), ShortText.MaxNameBytes);
            if (!NamedNumberList.IsKey(Decode(record, name)))
            {
                last[Convert.ToHexString(text)] = (text, value);
            }
        }

        foreach ((byte[] name, Field value) in last.Values)
        {
            if (value.Kind != FieldKind.Null && !TryGetNumber(record, value, out _) && !IsBlank(record, value))
            {
                CountUnreadable(record, name, value, offset, counts);
            }
        }
    }

    private void CountUnreadable(ReadOnlySpan<byte> record, ReadOnlySpan<byte> name, Field value, long offset, NameCounts counts)
    {
        bool isText = value.Kind is FieldKind.String or FieldKind.EscapedString;
        ReadOnlySpan<byte> text = value.Kind != FieldKind.Nested ? Decode(record, value) : record[value.Start] == '{' ? "{…}"u8 : "[…]"u8;
        counts.Add(name, offset, text, isText);
    }

    /// <summary>Whether a value is a string of nothing but white space, which counts as absent.</summary>
    private bool IsBlank(ReadOnlySpan<byte> record, Field value) =>
        value.Kind is FieldKind.String or FieldKind.EscapedString && Decode(record, value).Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>Whether the text after its first bytes, which are a day, is a valid time or empty.</summary>
    private static bool HasTimeOrNone(ReadOnlySpan<byte> record, in Field dayField) =>
        dayField.Length == DateParser.DayBytes
        || (dayField.Length > DateParser.DayBytes && DateParser.IsRest(record.Slice(dayField.Start + DateParser.DayBytes, dayField.Length - DateParser.DayBytes)));

    /// <summary>Returns the index of the field that holds the day: the first one that is present, not null and not an empty text.</summary>
    private static int DayIndex(RecordFields fields)
    {
        int index = RecordSchema.Date;
        while (index < RecordSchema.Timestamp && (fields[index].Kind is FieldKind.Missing or FieldKind.Null || IsEmptyText(fields[index])))
        {
            index++;
        }

        return index;
    }

    /// <summary>Whether a field for the day, before the one that holds it, is an empty text.</summary>
    private static bool HasEmptyDay(RecordFields fields, int dayIndex)
    {
        for (int i = RecordSchema.Date; i < dayIndex; i++)
        {
            if (IsEmptyText(fields[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEmptyText(in Field field) => field is { Kind: FieldKind.String, Length: 0 };

    private bool TryGetText(ReadOnlySpan<byte> record, in Field field, out ReadOnlySpan<byte> text)
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

    private bool TryGetNumber(ReadOnlySpan<byte> record, Field field, out long micros)
    {
        switch (field.Kind)
        {
            case FieldKind.Number or FieldKind.Decimal:
                return DecimalParser.TryParse(record.Slice(field.Start, field.Length), out micros);
            case FieldKind.String or FieldKind.EscapedString:
                return DecimalParser.TryParse(Decode(record, field).Trim(" \t\r\n"u8), out micros);
            default:
                micros = 0;
                return false;
        }
    }

    /// <summary>Returns the text of a field. Escaped strings are decoded into the scratch buffer, which is valid until the next record.</summary>
    private ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> record, Field field)
    {
        ReadOnlySpan<byte> raw = record.Slice(field.Start, field.Length);
        if (field.Kind != FieldKind.EscapedString)
        {
            return raw;
        }

        if (_scratch.Length - _scratchLength < raw.Length)
        {
            // Texts that were decoded before keep the old buffer alive.
            _scratch = new byte[Math.Max(_scratch.Length, raw.Length) * 2];
            _scratchLength = 0;
        }

        Span<byte> target = _scratch.AsSpan(_scratchLength);
        int length = JsonString.Unescape(raw, target);
        _scratchLength += length;
        return target[..length];
    }

    /// <summary>The key of the last record, and the number of leading bytes of that record that contain the whole key.</summary>
    private readonly record struct LastKey(int Bytes, int DayIndex, int Day)
    {
        /// <summary>A key that equals no record's key.</summary>
        public static readonly LastKey None = new(int.MaxValue, 0, 0);

        public LastKey(Field user, Field dayField, int dayIndex, int day)
            : this(int.MaxValue, dayIndex, day)
        {
            // The quote after the user's id is included, because it fixes the length of the id; any time may follow the day.
            if (user.Kind == FieldKind.String && dayField.Kind == FieldKind.String)
            {
                Bytes = Math.Max(user.Start + user.Length + 1, dayField.Start + DateParser.DayBytes);
            }
        }
    }
}
