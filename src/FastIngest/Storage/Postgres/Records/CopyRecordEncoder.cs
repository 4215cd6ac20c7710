using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Sinks.Records;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>
/// Writes records that a mapper accepted as tuples of their table. One encoder serves one mapper. Numbers are the doubles
/// nearest to the exact decimals, as in a summary; a field without a valid value is null.
/// </summary>
internal sealed class CopyRecordEncoder(Category category, RecordMapper mapper) : RecordEncoder
{
    private readonly RecordSchema _schema = RecordSchema.Of(category);
    private readonly MeasurementJson _measurements = new();
    private readonly CopyBuffer _user = new(64);
    private byte[] _clean = new byte[256];

    // The user whose field is in _user, as it is in the input, and the U+0000 that the field lacks.
    private byte[] _lastUser = new byte[64];
    private int _lastUserLength = -1;
    private int _lastUserNuls;

    private CopyRecordBatch? _batch;
    private int _lastDay = -1;

    public override void Begin(RecordBatch batch)
    {
        _batch = (CopyRecordBatch)batch;
        _lastDay = -1;
    }

    public override void Write(ReadOnlySpan<byte> record, RecordFields fields)
    {
        CopyRecordBatch batch = _batch!;
        mapper.TryGetKey(record, fields, out ReadOnlySpan<byte> user, out int day);
        SetUser(user);
        CopyBuffer copy = batch.Next();
        switch (category)
        {
            case Category.HeartRate:
                if (day != _lastDay)
                {
                    batch.AddMonth(Month.Of(day));
                    _lastDay = day;
                }

                copy.BeginTuple(3);
                copy.Raw(_user.WrittenSpan);
                copy.Timestamp(day, TimeOfDay.Microseconds(mapper.DayText(record, fields)[DateParser.DayBytes..]));
                mapper.TryGetNumber(record, fields, RecordSchema.FirstOwn, out long value);
                copy.Float8(ExactDouble.FromMicros(value));
                break;
            case Category.Measurements:
                copy.BeginTuple(3);
                copy.Raw(_user.WrittenSpan);
                copy.Date(day);
                WriteMeasurements(record, fields, copy, batch);
                break;
            default:
                copy.BeginTuple(2 + _schema.TextCount + _schema.NumberCount);
                copy.Raw(_user.WrittenSpan);
                copy.Date(day);
                WriteOwn(record, fields, copy, batch);
                break;
        }

        batch.Rows++;
        batch.RemovedNuls += _lastUserNuls;
        batch.LongestUserId = Math.Max(batch.LongestUserId, _lastUserLength - _lastUserNuls);
    }

    private void SetUser(ReadOnlySpan<byte> user)
    {
        if (user.SequenceEqual(_lastUser.AsSpan(0, Math.Max(_lastUserLength, 0))) && _lastUserLength >= 0)
        {
            return;
        }

        if (_lastUser.Length < user.Length)
        {
            _lastUser = new byte[user.Length * 2];
        }

        user.CopyTo(_lastUser);
        _lastUserLength = user.Length;
        ReadOnlySpan<byte> clean = WithoutNuls(user);
        _lastUserNuls = user.Length - clean.Length;
        _user.Clear();
        _user.Text(clean);
    }

    private void WriteOwn(ReadOnlySpan<byte> record, RecordFields fields, CopyBuffer copy, CopyRecordBatch batch)
    {
        int index = RecordSchema.FirstOwn;
        for (; index < RecordSchema.FirstOwn + _schema.TextCount; index++)
        {
            if (mapper.TryGetText(record, fields[index], out ReadOnlySpan<byte> text))
            {
                ReadOnlySpan<byte> clean = WithoutNuls(text);
                batch.RemovedNuls += text.Length - clean.Length;
                copy.Text(clean);
            }
            else
            {
                copy.Null();
            }
        }

        for (; index < RecordSchema.FirstOwn + _schema.TextCount + _schema.NumberCount; index++)
        {
            if (mapper.TryGetNumber(record, fields, index, out long micros))
            {
                copy.Float8(ExactDouble.FromMicros(micros));
            }
            else
            {
                copy.Null();
            }
        }
    }

    private void WriteMeasurements(ReadOnlySpan<byte> record, RecordFields fields, CopyBuffer copy, CopyRecordBatch batch)
    {
        _measurements.Clear();
        foreach ((Field nameField, Field valueField) in fields.Others)
        {
            ReadOnlySpan<byte> name = mapper.Decode(record, nameField);
            if (RecordMapper.IsKeyName(name))
            {
                continue;
            }

            ReadOnlySpan<byte> clean = WithoutNuls(name);
            batch.RemovedNuls += name.Length - clean.Length;
            bool isNumber = mapper.TryGetNumber(record, valueField, out long micros);
            _measurements.Add(clean, micros, isNumber);
        }

        copy.Jsonb(_measurements.Write());
    }

    /// <summary>The text without U+0000, which PostgreSQL cannot store; valid until the next call.</summary>
    private ReadOnlySpan<byte> WithoutNuls(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)0))
        {
            return text;
        }

        if (_clean.Length < text.Length)
        {
            _clean = new byte[text.Length * 2];
        }

        int length = 0;
        foreach (byte b in text)
        {
            if (b != 0)
            {
                _clean[length++] = b;
            }
        }

        return _clean.AsSpan(0, length);
    }
}
