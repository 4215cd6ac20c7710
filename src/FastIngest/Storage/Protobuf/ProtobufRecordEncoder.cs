using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Proto;
using FastIngest.Samples;
using FastIngest.Sinks.Records;

namespace FastIngest.Storage.Protobuf;

/// <summary>Encodes accepted records as messages <c>Batch</c> of docs/fastingest.proto. It collects the columns of up to 4,096 records.</summary>
internal sealed class ProtobufRecordEncoder : RecordEncoder
{
    /// <summary>The number of records, and the bytes of texts, after which a message ends.</summary>
    private const int BatchRecords = 4096, BatchTextBytes = 64 << 10, BatchNames = 65_536;

    /// <summary>The units in which times are written, the largest first: a minute, a second, a millisecond, a microsecond.</summary>
    private static readonly long[] Units = [60 * WallTime.MicrosPerSecond, WallTime.MicrosPerSecond, 1000, 1];

    private readonly Category _category;
    private readonly RecordSchema _schema;
    private readonly TextTable _texts = new();
    private readonly ColumnBuffer _user = new(), _time = new(), _timeForm = new(), _dayOffset = new(), _id = new(), _duration = new(), _endForm = new(), _nameCount = new(), _name = new();
    private readonly ColumnBuffer[] _text = [new(), new(), new()];
    private readonly NumberBuffer[] _numbers;
    private readonly NumberBuffer _smallest = new(), _largest = new(), _named = new();
    private readonly int _textCount;
    private readonly int[] _guesses = new int[7];
    private int[] _nameGuesses = new int[16];
    private byte[] _form = new byte[64];
    private ProtobufRecordBatch? _batch;
    private int _records, _file;

    public ProtobufRecordEncoder(Category category)
    {
        _category = category;
        _schema = RecordSchema.Of(category);
        _numbers = [.. Enumerable.Range(0, _schema.NumberCount).Select(_ => new NumberBuffer())];

        // The third text of a sample is its end, which has columns of its own.
        _textCount = category == Category.Samples ? 2 : _schema.TextCount;
    }

    public override void Begin(RecordBatch batch)
    {
        _batch = (ProtobufRecordBatch)batch;
        Clear();
    }

    public override void Write(scoped in RecordView record)
    {
        if (_records > 0 && (record.File != _file || _records == BatchRecords || _texts.Bytes >= BatchTextBytes || _name.Count >= BatchNames))
        {
            Flush();
        }

        _file = record.File;
        _records++;
        _batch!.Rows++;
        _user.Add(_texts.IndexOf(record.UserId, ref _guesses[0]));
        _id.Add(_texts.IndexOf(record.VendorId, ref _guesses[1]));
        for (int i = 0; i < _textCount; i++)
        {
            _text[i].Add(_texts.IndexOf(record.Text(i), ref _guesses[2 + i]));
        }

        for (int i = 0; i < _numbers.Length; i++)
        {
            _numbers[i].Add(record.Numbers[i], (record.NumbersPresent >> i & 1) != 0);
        }

        if (_category == Category.Users)
        {
            return;
        }

        long time = AddTime(record.Timestamp, _timeForm, ref _guesses[5]);
        _time.Add(time);
        _dayOffset.Add(record.Day - (time / WallTime.MicrosPerDay));
        if (_category == Category.Samples)
        {
            AddEnd(record, time);
        }
        else if (_category == Category.Measurements)
        {
            AddNamed(record.Named);
        }
    }

    public override void End()
    {
        if (_records > 0)
        {
            Flush();
        }
    }

    private long AddTime(ReadOnlySpan<byte> stamp, ColumnBuffer forms, ref int guess)
    {
        if (_form.Length <= stamp.Length)
        {
            _form = new byte[stamp.Length * 2];
        }

        int length = StampForm.Of(stamp, _form, out long micros);
        forms.Add(_texts.IndexOf(_form.AsSpan(0, length), ref guess));
        return micros;
    }

    private void AddEnd(scoped in RecordView record, long start)
    {
        SampleSpread? spread = record.Spread;
        _smallest.Add(spread.GetValueOrDefault().Min, spread is not null);
        _largest.Add(spread.GetValueOrDefault().Max, spread is not null);
        if (record.Text2.IsEmpty)
        {
            _duration.Add(0);
            _endForm.Add(0);
        }
        else if (record.Text2.Length == DateParser.DayBytes)
        {
            int length = StampForm.Verbatim(record.Text2, _form);
            _duration.Add(0);
            _endForm.Add(_texts.IndexOf(_form.AsSpan(0, length), ref _guesses[6]));
        }
        else
        {
            _duration.Add(AddTime(record.Text2, _endForm, ref _guesses[6]) - start);
        }
    }

    private void AddNamed(NamedNumbers named)
    {
        ReadOnlySpan<byte> names = named.Names;
        int count = named.Numbers.Length;
        if (_nameGuesses.Length < count)
        {
            Array.Resize(ref _nameGuesses, count * 2);
        }

        _nameCount.Add(count);
        for (int i = 0; i < count; i++)
        {
            _name.Add(_texts.IndexOf(NameList.ReadName(ref names), ref _nameGuesses[i]));
            _named.Add(named.Numbers[i], named.Has(i));
        }
    }

    private void Flush()
    {
        ProtobufRecordBatch batch = _batch!;
        WireWriter writer = batch.Writer;
        int start = writer.Length;
        writer.Number(BatchField.Category, (ulong)_category + 1);
        writer.Number(BatchField.Records, (ulong)_records);
        _texts.Write(writer, BatchField.Texts);
        _user.WriteIndexes(writer, BatchField.User, isFull: _category == Category.Users);
        if (_category != Category.Users)
        {
            long unit = Units.First(u => _time.AreMultiplesOf(u) && _duration.AreMultiplesOf(u));
            writer.Number(BatchField.TimeUnit, (ulong)unit);
            _time.WriteDifferences(writer, BatchField.Time, unit);
            _timeForm.WriteIndexes(writer, BatchField.TimeForm);
            _dayOffset.WriteSigned(writer, BatchField.DayOffset);
            _duration.WriteSigned(writer, BatchField.Duration, unit);
            _endForm.WriteIndexes(writer, BatchField.EndForm);
        }

        _id.WriteIndexes(writer, BatchField.Id);
        for (int i = 0; i < _textCount; i++)
        {
            _text[i].WriteIndexes(writer, BatchField.Text1 + i);
        }

        foreach (NumberBuffer numbers in _numbers)
        {
            numbers.Write(writer, BatchField.Numbers);
        }

        _smallest.WriteIfAny(writer, BatchField.Smallest);
        _largest.WriteIfAny(writer, BatchField.Largest);
        _nameCount.WriteIndexes(writer, BatchField.NameCount);
        _name.WriteIndexes(writer, BatchField.Name, isFull: true);
        _named.WriteIfAny(writer, BatchField.Named);
        batch.Add(start, _file, _records);
        Clear();
    }

    private void Clear()
    {
        _records = 0;
        _texts.Clear();
        Array.Clear(_guesses);
        Array.Clear(_nameGuesses);
        foreach (ColumnBuffer column in (ReadOnlySpan<ColumnBuffer>)[_user, _time, _timeForm, _dayOffset, _id, _duration, _endForm, _nameCount, _name, .. _text])
        {
            column.Clear();
        }

        foreach (NumberBuffer numbers in (ReadOnlySpan<NumberBuffer>)[_smallest, _largest, _named, .. _numbers])
        {
            numbers.Clear();
        }
    }
}
