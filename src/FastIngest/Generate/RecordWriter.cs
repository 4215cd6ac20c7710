using System.Buffers.Text;
using System.Diagnostics;

namespace FastIngest.Generate;

/// <summary>
/// Writes records as UTF-8 into a reused buffer. A record is written by <see cref="Begin"/>, its fields in order, and
/// <see cref="End"/>. The separator precedes every record, including the first. The capacity is checked once per record.
/// </summary>
internal sealed class RecordWriter(GeneratorStyle style, QuirkMaker? quirks)
{
    /// <summary>More than the size of any record, including records with quirks.</summary>
    private const int MaxRecordBytes = 16 * 1024;

    private readonly StyleText _text = StyleText.Of(style);
    private byte[] _buffer = new byte[1 << 20];
    private int _end;
    private int _recordStart;

    public long Records { get; private set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _end);

    public void Clear()
    {
        _end = 0;
        Records = 0;
    }

    public void Begin()
    {
        if (_buffer.Length - _end < MaxRecordBytes)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        Put(_text.Separator);
        _recordStart = _end;
    }

    public void End(DayCell cell)
    {
        Put(_text.Close);
        Records++;
        if (quirks is not null && quirks.IsDue(ref cell.QuirkRandom))
        {
            ReadOnlySpan<byte> distorted = quirks.Distort(_buffer.AsSpan(_recordStart.._end), cell);
            _end = _recordStart;
            Put(distorted);
        }

        Debug.Assert(_end - _recordStart <= MaxRecordBytes - _text.Separator.Length);
    }

    /// <summary>Writes a string that is already in quotes.</summary>
    public void Text(Field field, ReadOnlySpan<byte> quoted)
    {
        Put(field.Literal(style));
        Put(quoted);
    }

    public void Texts(Field field, ReadOnlySpan<byte[]> quoted)
    {
        Put(field.Literal(style));
        ReadOnlySpan<byte> before = _text.FirstItem;
        foreach (byte[] item in quoted)
        {
            Put(before);
            Put(item);
            before = _text.NextItem;
        }

        Put(_text.ListEnd);
    }

    public void Null(Field field)
    {
        Put(field.Literal(style));
        Put("null"u8);
    }

    public void Integer(Field field, long value)
    {
        Put(field.Literal(style));
        PutInteger(value);
    }

    public void IntegerOrNull(Field field, int? value)
    {
        Put(field.Literal(style));
        if (value is { } number)
        {
            PutInteger(number);
        }
        else
        {
            Put("null"u8);
        }
    }

    /// <summary>Writes a non-negative number of tenths like a Python float: 70 gives <c>7.0</c>.</summary>
    public void Tenths(Field field, int value)
    {
        Put(field.Literal(style));
        (int whole, int tenth) = int.DivRem(value, 10);
        PutInteger(whole);
        _buffer[_end++] = (byte)'.';
        _buffer[_end++] = (byte)('0' + tenth);
    }

    /// <summary>Writes a non-negative number of hundredths like a Python float: 520 gives <c>5.2</c>.</summary>
    public void Hundredths(Field field, int value)
    {
        (int tenths, int hundredth) = int.DivRem(value, 10);
        Tenths(field, tenths);
        if (hundredth != 0)
        {
            _buffer[_end++] = (byte)('0' + hundredth);
        }
    }

    /// <summary>Writes a time of day, such as <c>"07:05"</c>.</summary>
    public void Time(Field field, int minuteOfDay)
    {
        Put(field.Literal(style));
        _buffer[_end++] = (byte)'"';
        PutTwoDigits(minuteOfDay / 60);
        _buffer[_end++] = (byte)':';
        PutTwoDigits(minuteOfDay % 60);
        _buffer[_end++] = (byte)'"';
    }

    /// <summary>Writes a day, such as <c>"2023-01-01"</c>.</summary>
    public void Date(Field field, ReadOnlySpan<byte> date)
    {
        Put(field.Literal(style));
        _buffer[_end++] = (byte)'"';
        Put(date);
        _buffer[_end++] = (byte)'"';
    }

    /// <summary>Writes a day and a time, such as <c>"2023-01-01 07:05:09"</c>.</summary>
    public void DateTime(Field field, ReadOnlySpan<byte> date, int secondOfDay)
    {
        Put(field.Literal(style));
        _buffer[_end++] = (byte)'"';
        Put(date);
        (int minuteOfDay, int second) = int.DivRem(secondOfDay, 60);
        (int hour, int minute) = int.DivRem(minuteOfDay, 60);
        _buffer[_end++] = (byte)' ';
        PutTwoDigits(hour);
        _buffer[_end++] = (byte)':';
        PutTwoDigits(minute);
        _buffer[_end++] = (byte)':';
        PutTwoDigits(second);
        _buffer[_end++] = (byte)'"';
    }

    private void PutTwoDigits(int value)
    {
        (int ten, int one) = int.DivRem(value, 10);
        _buffer[_end++] = (byte)('0' + ten);
        _buffer[_end++] = (byte)('0' + one);
    }

    private void PutInteger(long value)
    {
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_end), out int length);
        _end += length;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }
}
