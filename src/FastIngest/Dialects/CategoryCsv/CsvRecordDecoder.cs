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
    private readonly long[] _numbers;

    public CsvRecordDecoder(Category category, CsvHeader header)
    {
        _category = category;
        _schema = RecordSchema.Of(category);
        _columns = header.ColumnsOf(_schema);
        _numbers = new long[_schema.NumberCount];
        _others = [.. header.Names
            .Select((name, column) => (Encoding.UTF8.GetBytes(name), column))
            .Where(c => _schema.Names.TakesOthers && Array.IndexOf(_columns, c.column) < 0)];
    }

    /// <summary>Decodes a record.</summary>
    /// <param name="record">The bytes that the cells refer to.</param>
    /// <param name="cells">The cells of the record, as many as the header has.</param>
    /// <param name="view">Receives the key and, if the key is valid, the other fields.</param>
    public void Decode(ReadOnlySpan<byte> record, CsvCells cells, out RecordView view)
    {
        view = default;
        view.UserId = Text(record, cells, RecordSchema.UserId);
        view.Day = _category == Category.Users ? RecordView.ProfileDay : DecodeDay(record, cells, out view.Timestamp);
        if (_category == Category.Measurements)
        {
            view.Named = DecodeOthers(record, cells);
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
            bool isValid = DecimalParser.TryParse(Number(Text(record, cells, field)), out _numbers[number]);
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

        return DateParser.TryParseDay(timestamp, out int day) ? day : RecordView.NoDay;
    }

    private NamedNumbers DecodeOthers(ReadOnlySpan<byte> record, CsvCells cells)
    {
        _named.Clear(_others.Length);
        foreach ((byte[] name, int column) in _others)
        {
            _named.Add(name, DecimalParser.TryParse(Number(cells.Text(record, column)), out long micros) ? micros : null);
        }

        return _named.Numbers;
    }

    private ReadOnlySpan<byte> Text(ReadOnlySpan<byte> record, CsvCells cells, int field) =>
        _columns[field] < 0 ? default : cells.Text(record, _columns[field]);

    private static ReadOnlySpan<byte> Number(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);
}
