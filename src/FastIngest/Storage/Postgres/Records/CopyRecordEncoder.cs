using System.Text;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;
using FastIngest.Sinks.Records;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Records.Repeats;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>
/// Encodes accepted records as tuples of their table. Each worker has one encoder per category. Numbers are the doubles nearest
/// to the exact decimals, as in a summary; a field without a valid value is null.
/// </summary>
internal sealed class CopyRecordEncoder(Category category) : RecordEncoder
{
    private readonly RecordSchema _schema = RecordSchema.Of(category);
    private readonly MeasurementJson _measurements = new();
    private readonly CopyBuffer _user = new(64);
    private byte[] _clean = new byte[256];

    // The last user_id as it is in the input, and the number of U+0000 in it. _user holds the encoded field.
    private byte[] _lastUser = new byte[64];
    private int _lastUserLength = -1;
    private int _lastUserNuls;

    private byte[] _metric = [], _unit = [];
    private CopyRecordBatch? _batch;
    private int _lastDay = -1;

    public override void Begin(RecordBatch batch)
    {
        _batch = (CopyRecordBatch)batch;
        _lastDay = -1;
    }

    public override void Write(scoped in RecordView record)
    {
        CopyRecordBatch batch = _batch!;
        int day = record.Day;
        SetUser(record.UserId);
        CopyBuffer copy = batch.Next();
        ReadOnlySpan<byte> identity = record.Identity is [RecordView.FileMark, ..] ? record.Identity[RecordView.FileMarkBytes..] : record.Identity;
        int extra = batch.FileIndex == RecordBatch.NoFile ? 0 : identity is [RecordView.IdMark, ..] ? RecordEntry.IdentifiedOriginFields : RecordEntry.OriginFields;
        switch (category)
        {
            case Category.HeartRate:
                if (day != _lastDay)
                {
                    batch.AddMonth(Month.Of(day));
                    _lastDay = day;
                }

                copy.BeginTuple(3 + extra);
                copy.Raw(_user.WrittenSpan);
                copy.Timestamp(day, TimeOfDay.Microseconds(record.Timestamp[DateParser.DayBytes..]));
                copy.Float8(ExactDouble.FromMicros(record.Numbers[0]));
                break;
            case Category.Samples:
                WriteSample(record, copy, batch, extra);
                break;
            case Category.Measurements:
                copy.BeginTuple(3 + extra);
                copy.Raw(_user.WrittenSpan);
                copy.Date(day);
                WriteMeasurements(record.Named, copy, batch);
                break;
            default:
                copy.BeginTuple(2 + extra + _schema.TextCount + _schema.NumberCount);
                copy.Raw(_user.WrittenSpan);
                copy.Date(day);
                WriteOwn(record, copy, batch);
                break;
        }

        if (extra > 0)
        {
            copy.Int4(batch.FileIndex + (record.File << 16));
            copy.Text(identity);
        }

        if (extra == RecordEntry.IdentifiedOriginFields)
        {
            copy.Int8(((((long)batch.Place.File * RepeatRule.MaxParts) + batch.Place.Part) << 32) | (uint)batch.Place.Chunk);
            copy.Int4((int)batch.Rows);
            copy.Int8(TotalOf(record));
        }

        batch.Rows++;
        batch.RemovedNuls += _lastUserNuls;
        batch.LongestUserId = Math.Max(batch.LongestUserId, _lastUserLength - _lastUserNuls);
    }

    /// <summary>The amount of a total. Intervals of sleep have none: of their files the first counts.</summary>
    private long TotalOf(scoped in RecordView record) =>
        record.Numbers.IsEmpty || (category == Category.Samples && SleepMetric.Is(record.Text0)) ? 0 : record.Numbers[0];

    /// <summary>Writes a sample with the day that it belongs to, which for a sleep is not always that of its start.</summary>
    private void WriteSample(scoped in RecordView record, CopyBuffer copy, CopyRecordBatch batch, int extra)
    {
        int start = DateParser.TryParseDay(record.Timestamp, out int day) ? day : record.Day;
        if (record.Day != _lastDay)
        {
            batch.AddMonth(Month.Of(record.Day));
            _lastDay = record.Day;
        }

        copy.BeginTuple(8 + extra);
        copy.Raw(_user.WrittenSpan);
        copy.Date(record.Day);
        copy.Timestamp(start, TimeOfDay.Microseconds(record.Timestamp[DateParser.DayBytes..]));
        WriteText(record.Text0, copy, batch);
        copy.Float8(ExactDouble.FromMicros(record.Numbers[0]));
        copy.Text(UnitOf(record.Text0));
        if (record.Text1.IsEmpty)
        {
            copy.Null();
        }
        else
        {
            WriteText(record.Text1, copy, batch);
        }

        if (DateParser.TryParseDay(record.Text2, out int end))
        {
            copy.Timestamp(end, TimeOfDay.Microseconds(record.Text2[DateParser.DayBytes..]));
        }
        else
        {
            copy.Null();
        }
    }

    private ReadOnlySpan<byte> UnitOf(ReadOnlySpan<byte> metric)
    {
        if (!metric.SequenceEqual(_metric))
        {
            _metric = metric.ToArray();
            string name = Encoding.UTF8.GetString(metric);
            int bracket = name.IndexOf(" [", StringComparison.Ordinal);
            _unit = Encoding.UTF8.GetBytes(Metrics.Find(name)?.Unit ?? (bracket < 0 ? "" : name[(bracket + 2)..^1]));
        }

        return _unit;
    }

    private void WriteText(ReadOnlySpan<byte> text, CopyBuffer copy, CopyRecordBatch batch)
    {
        ReadOnlySpan<byte> clean = WithoutNuls(text);
        batch.RemovedNuls += text.Length - clean.Length;
        copy.Text(clean);
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

    private void WriteOwn(scoped in RecordView record, CopyBuffer copy, CopyRecordBatch batch)
    {
        for (int i = 0; i < _schema.TextCount; i++)
        {
            ReadOnlySpan<byte> text = record.Text(i);
            if (text.IsEmpty)
            {
                copy.Null();
                continue;
            }

            ReadOnlySpan<byte> clean = WithoutNuls(text);
            batch.RemovedNuls += text.Length - clean.Length;
            copy.Text(clean);
        }

        for (int i = 0; i < _schema.NumberCount; i++)
        {
            if ((record.NumbersPresent >> i & 1) != 0)
            {
                copy.Float8(ExactDouble.FromMicros(record.Numbers[i]));
            }
            else
            {
                copy.Null();
            }
        }
    }

    private void WriteMeasurements(NamedNumbers named, CopyBuffer copy, CopyRecordBatch batch)
    {
        _measurements.Clear();
        ReadOnlySpan<byte> names = named.Names;
        for (int i = 0; i < named.Numbers.Length; i++)
        {
            ReadOnlySpan<byte> name = NameList.ReadName(ref names);
            ReadOnlySpan<byte> clean = WithoutNuls(name);
            batch.RemovedNuls += name.Length - clean.Length;
            _measurements.Add(clean, named.Numbers[i], named.Has(i));
        }

        copy.Jsonb(_measurements.Write());
    }

    /// <summary>Returns the text without U+0000, which PostgreSQL cannot store; valid until the next call.</summary>
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
