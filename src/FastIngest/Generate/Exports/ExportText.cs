using System.Buffers.Text;
using FastIngest.Json;

namespace FastIngest.Generate.Exports;

/// <summary>Writes the records of exports as UTF-8 into a reused buffer. Times are seconds since 1970.</summary>
internal sealed class ExportText
{
    private const int ShortDateBytes = 8;
    private const int MaxNumberBytes = 20;

    private readonly BerlinClock _clock = new();
    private readonly byte[] _date = "0000-00-00"u8.ToArray();
    private byte[] _bytes = new byte[64 * 1024];
    private int _end;
    private int _dateNumber = -1;
    private bool _isFirst;

    public int Records { get; private set; }

    public int Length => _end;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _end);

    /// <summary>The bytes before each record, but the first of an array.</summary>
    public byte[] Separator { get; set; } = [];

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        _end = 0;
        Records = 0;
        _isFirst = false;
    }

    /// <summary>Starts an array: no separator comes before the next record.</summary>
    public void StartArray() => _isFirst = true;

    /// <summary>Starts a record.</summary>
    public void Begin()
    {
        Records++;
        if (_isFirst)
        {
            _isFirst = false;
        }
        else
        {
            Put(Separator);
        }
    }

    public void Put(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(_end));
        _end += text.Length;
    }

    public void Put(long number)
    {
        Reserve(MaxNumberBytes);
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(_end), out int length);
        _end += length;
    }

    /// <summary>Writes text, a number and text.</summary>
    public void Put(ReadOnlySpan<byte> before, long number, ReadOnlySpan<byte> after)
    {
        Put(before);
        Put(number);
        Put(after);
    }

    /// <summary>Writes a number that is not negative without its trailing zeros: 1500 with three decimals gives <c>1.5</c>.</summary>
    /// <param name="value">The number times 10 to the power of <paramref name="decimals"/>.</param>
    /// <param name="decimals">The number of decimals, at most 9.</param>
    public void PutDecimal(long value, int decimals)
    {
        while (decimals > 0 && value % 10 == 0)
        {
            value /= 10;
            decimals--;
        }

        long power = 1;
        for (int i = 0; i < decimals; i++)
        {
            power *= 10;
        }

        (long whole, long rest) = Math.DivRem(value, power);
        Put(whole);
        if (decimals > 0)
        {
            Reserve(decimals + 1);
            _bytes[_end] = (byte)'.';
            for (int i = decimals; i > 0; i--)
            {
                (rest, long digit) = Math.DivRem(rest, 10);
                _bytes[_end + i] = (byte)('0' + digit);
            }

            _end += decimals + 1;
        }
    }

    /// <summary>Writes 16 hexadecimal digits or fewer.</summary>
    public void PutHex(ulong value, int digits)
    {
        Reserve(digits);
        for (int i = digits - 1; i >= 0; i--)
        {
            _bytes[_end + i] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }

        _end += digits;
    }

    /// <summary>Writes an id of the form <c>5f3c0a1e-0000-4000-8000-0123456789ab</c>.</summary>
    public void PutUuid(ulong number)
    {
        PutHex(number >> 32, 8);
        Put("-"u8);
        PutHex(number >> 16, 4);
        Put("-4"u8);
        PutHex(number >> 8, 3);
        Put("-8"u8);
        PutHex(number, 3);
        Put("-"u8);
        PutHex(number * 0x9E3779B97F4A7C15, 12);
    }

    /// <summary>Writes a day, such as <c>2023-01-01</c>.</summary>
    public void PutDate(DateOnly date) => PutDay(date.DayNumber);

    /// <summary>Writes a local time with its offset, such as <c>2023-01-01 07:10:00 +0100</c>.</summary>
    public void PutSpaced(long utc)
    {
        int offset = _clock.OffsetAt(utc);
        PutIso(utc + offset, (byte)' ');
        Put(offset == BerlinClock.HourSeconds ? " +0100"u8 : " +0200"u8);
    }

    /// <summary>Writes a local time with its offset, such as <c>2023-01-01T07:10:00+01:00</c>.</summary>
    public void PutIsoWithOffset(long utc)
    {
        int offset = _clock.OffsetAt(utc);
        PutIso(utc + offset, (byte)'T');
        Put(offset == BerlinClock.HourSeconds ? "+01:00"u8 : "+02:00"u8);
    }

    /// <summary>Writes a local time without its offset, such as <c>2023-01-01T07:10:00</c>.</summary>
    public void PutLocalIso(long utc) => PutIso(utc + _clock.OffsetAt(utc), (byte)'T');

    /// <summary>Writes a time in UTC, such as <c>2023-01-01T06:10:00</c>.</summary>
    public void PutUtcIso(long utc) => PutIso(utc, (byte)'T');

    /// <summary>Writes a time in UTC in the form <c>01/31/23 06:10:00</c>.</summary>
    public void PutUtcShort(long utc) => PutShort(utc);

    /// <summary>Writes a local time in the form <c>01/31/23 07:10:00</c>.</summary>
    public void PutLocalShort(long utc) => PutShort(utc + _clock.OffsetAt(utc));

    /// <summary>Writes a local day in the form <c>01/31/23</c>.</summary>
    public void PutShortDate(DateOnly date)
    {
        Reserve(ShortDateBytes);
        MoveDateTo(date.DayNumber);
        Span<byte> text = _bytes.AsSpan(_end, 8);
        _date.AsSpan(5, 2).CopyTo(text);
        text[2] = (byte)'/';
        _date.AsSpan(8, 2).CopyTo(text[3..]);
        text[5] = (byte)'/';
        _date.AsSpan(2, 2).CopyTo(text[6..]);
        _end += 8;
    }

    /// <summary>Writes the local time of the day, such as <c>07:10:00</c>.</summary>
    public void PutLocalTime(long utc) => PutTime((int)((utc + _clock.OffsetAt(utc)) % BerlinClock.DaySeconds));

    /// <summary>Returns the seconds that local time is ahead of UTC.</summary>
    public int OffsetAt(long utc) => _clock.OffsetAt(utc);

    private void PutIso(long seconds, byte between)
    {
        PutDay(BerlinClock.DayNumberOf(seconds));
        Reserve(1);
        _bytes[_end++] = between;
        PutTime((int)(seconds % BerlinClock.DaySeconds));
    }

    private void PutShort(long seconds)
    {
        PutShortDate(DateOnly.FromDayNumber(BerlinClock.DayNumberOf(seconds)));
        Put(" "u8);
        PutTime((int)(seconds % BerlinClock.DaySeconds));
    }

    private void PutDay(int dayNumber)
    {
        MoveDateTo(dayNumber);
        Put(_date);
    }

    private void MoveDateTo(int dayNumber)
    {
        if (dayNumber != _dateNumber)
        {
            _dateNumber = dayNumber;
            DayText.Write(_date, dayNumber);
        }
    }

    private void PutTime(int secondOfDay)
    {
        Reserve(8);
        (int minutes, int second) = Math.DivRem(secondOfDay, 60);
        (int hour, int minute) = Math.DivRem(minutes, 60);
        Span<byte> text = _bytes.AsSpan(_end, 8);
        (text[0], text[1], text[2]) = ((byte)('0' + (hour / 10)), (byte)('0' + (hour % 10)), (byte)':');
        (text[3], text[4], text[5]) = ((byte)('0' + (minute / 10)), (byte)('0' + (minute % 10)), (byte)':');
        (text[6], text[7]) = ((byte)('0' + (second / 10)), (byte)('0' + (second % 10)));
        _end += 8;
    }

    private void Reserve(int bytes)
    {
        if (_bytes.Length - _end < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _end + bytes));
        }
    }
}
