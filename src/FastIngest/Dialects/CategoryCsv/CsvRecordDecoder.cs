using System.Numerics;
using System.Text;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>Turns the cells of a record into a <see cref="RecordView"/>. One decoder serves one category, header and worker.</summary>
internal sealed class CsvRecordDecoder
{
    private readonly Category _category;
    private readonly RecordSchema _schema;
    private readonly int[] _columns;
    private readonly (byte[] Name, int Column)[] _others;
    private readonly NamedNumberList _named = new();
    private readonly (byte[] Name, int Column)[] _unknown;
    private readonly long[] _unknownCounts;
    private readonly long[] _numbers;
    private readonly byte[] _iso = new byte[DateForms.MaxBytes];

    public CsvRecordDecoder(Category category, CsvHeader header)
    {
        _category = category;
        _schema = RecordSchema.Of(category);
        _columns = header.ColumnsOf(_schema);
        _numbers = new long[_schema.NumberCount];
        _others = [.. header.Names
            .Select((name, column) => (Encoding.UTF8.GetBytes(name), column))
            .Where(c => _schema.Names.TakesOthers && Array.IndexOf(_columns, c.column) < 0)];

        // Of columns with the same name the last one counts.
        _unknown = [.. header.Names
            .Select((name, column) => (Name: ShortText.Cut(Encoding.UTF8.GetBytes(name), ShortText.MaxNameBytes), Column: column))
            .Where(c => !_schema.Names.TakesOthers && _schema.Names.Find(Encoding.UTF8.GetBytes(header.Names[c.Column])) < 0)
            .GroupBy(c => Convert.ToHexString(c.Name))
            .Select(g => g.Last())];
        _unknownCounts = new long[_unknown.Length];
    }

    /// <summary>The user of records without one, in UTF-8; empty to reject such records.</summary>
    public ReadOnlyMemory<byte> DefaultUser { get; set; }

    /// <summary>Notes that a record was accepted.</summary>
    public void Accept(ReadOnlySpan<byte> record, CsvCells cells)
    {
        for (int i = 0; i < _unknown.Length; i++)
        {
            _unknownCounts[i] += cells.Text(record, _unknown[i].Column).IsEmpty ? 0 : 1;
        }
    }

    /// <summary>Adds how many accepted records had text in each column that is not read.</summary>
    public void TakeUnknown(NameCounts unknown)
    {
        for (int i = 0; i < _unknown.Length; i++)
        {
            if (_unknownCounts[i] > 0)
            {
                unknown.Add(_unknown[i].Name, _unknownCounts[i]);
            }
        }

        DiscardUnknown();
    }

    /// <summary>Forgets which records were accepted.</summary>
    public void DiscardUnknown() => Array.Clear(_unknownCounts);

    /// <summary>Counts the fields of the last decoded record that hold something else than a number.</summary>
    /// <param name="record">The bytes that the cells refer to.</param>
    /// <param name="cells">The cells of the record.</param>
    /// <param name="unreadable">The bits of the number fields; any bit for measurements.</param>
    /// <param name="offset">The offset of the record in its file, in bytes.</param>
    /// <param name="counts">The counts by field.</param>
    public void CountUnreadable(ReadOnlySpan<byte> record, CsvCells cells, uint unreadable, long offset, NameCounts counts)
    {
        if (_category != Category.Measurements)
        {
            int first = RecordSchema.FirstOwn + _schema.TextCount;
            for (; unreadable != 0; unreadable &= unreadable - 1)
            {
                int field = first + BitOperations.TrailingZeroCount(unreadable);
                counts.Add(Encoding.UTF8.GetBytes(_schema.Names.NameAt(field)), offset, Text(record, cells, field), isText: true);
            }

            return;
        }

        Dictionary<string, (byte[] Name, int Column)> last = [];
        foreach ((byte[] name, int column) in _others.Where(o => !NamedNumberList.IsKey(o.Name)))
        {
            byte[] cut = ShortText.Cut(name, ShortText.MaxNameBytes);
            last[Convert.ToHexString(cut)] = (cut, column);
        }

        foreach ((byte[] name, int column) in last.Values)
        {
            ReadOnlySpan<byte> text = cells.Text(record, column);
            if (IsUnreadable(Number(text)))
            {
                counts.Add(name, offset, text, isText: true);
            }
        }
    }

    /// <summary>Decodes a record.</summary>
    /// <param name="record">The bytes that the cells refer to.</param>
    /// <param name="cells">The cells of the record, as many as the header has.</param>
    /// <param name="view">Receives the key and, if the key is valid, the other fields.</param>
    public void Decode(ReadOnlySpan<byte> record, CsvCells cells, out RecordView view)
    {
        view = default;
        view.UserId = Text(record, cells, RecordSchema.UserId);
        view.UserId = view.UserId.IsEmpty ? DefaultUser.Span : view.UserId;
        view.Day = _category == Category.Users ? RecordView.ProfileDay : DecodeDay(record, cells, out view.Timestamp);
        if (_category == Category.Measurements)
        {
            view.Named = DecodeOthers(record, cells, out view.NumbersUnreadable);
            return;
        }

        int field = RecordSchema.FirstOwn;
        for (int text = 0; text < _schema.TextCount; text++, field++)
        {
            ReadOnlySpan<byte> value = Text(record, cells, field);
            switch (text)
            {
                case 0:
                    view.Text0 = value;
                    break;
                case 1:
                    view.Text1 = value;
                    break;
                default:
                    view.Text2 = value;
                    break;
            }
        }

        for (int number = 0; number < _numbers.Length; number++, field++)
        {
            ReadOnlySpan<byte> text = Number(Text(record, cells, field));
            bool isValid = DecimalParser.TryParse(text, out _numbers[number]);
            view.NumbersUnreadable |= (isValid || text.IsEmpty ? 0 : 1u) << number;
            _numbers[number] = isValid ? _numbers[number] : 0;
            view.NumbersPresent |= (isValid ? 1u : 0) << number;
        }

        view.Numbers = _numbers;
    }

    /// <summary>Decodes the day from the first non-empty field of the three day fields.</summary>
    private int DecodeDay(ReadOnlySpan<byte> record, CsvCells cells, out ReadOnlySpan<byte> timestamp)
    {
        timestamp = default;
        for (int field = RecordSchema.Date; field <= RecordSchema.Timestamp && timestamp.IsEmpty; field++)
        {
            timestamp = Text(record, cells, field);
        }

        if (DateParser.TryParseDay(timestamp, out int day))
        {
            return day;
        }

        DateKind kind = DateForms.Read(timestamp, _iso, out int length);
        timestamp = _iso.AsSpan(0, length);
        return kind == DateKind.Day && DateParser.TryParseDay(timestamp, out day) ? day
            : kind == DateKind.Ambiguous ? RecordView.AmbiguousDay : RecordView.NoDay;
    }

    private NamedNumbers DecodeOthers(ReadOnlySpan<byte> record, CsvCells cells, out uint unreadable)
    {
        unreadable = 0;
        _named.Clear(_others.Length);
        foreach ((byte[] name, int column) in _others)
        {
            ReadOnlySpan<byte> text = Number(cells.Text(record, column));
            bool isNumber = DecimalParser.TryParse(text, out long micros);
            unreadable |= isNumber || text.IsEmpty ? 0u : 1u;
            _named.Add(name, isNumber ? micros : null);
        }

        return _named.Numbers;
    }

    private ReadOnlySpan<byte> Text(ReadOnlySpan<byte> record, CsvCells cells, int field) =>
        _columns[field] < 0 ? default : cells.Text(record, _columns[field]);

    private static bool IsUnreadable(ReadOnlySpan<byte> text) => !text.IsEmpty && !DecimalParser.TryParse(text, out _);

    private static ReadOnlySpan<byte> Number(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);
}
