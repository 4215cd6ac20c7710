using System.Numerics;
using FastIngest.Json;
using FastIngest.Proto;

namespace FastIngest.Dialects.Protobuf;

/// <summary>A column of numbers that may be missing, a message <c>Numbers</c>.</summary>
/// <param name="maxCount">The maximum number of values.</param>
internal sealed class ReadNumbers(int maxCount)
{
    private readonly ReadColumn _values = new(maxCount);
    private long[] _micros = [];
    private byte[] _present = [];
    private int _presentLength;
    private ulong _scale;
    private bool _hasAll, _hasNone;

    /// <summary>The numbers in millionths, 0 for a missing one. Call <see cref="TryFit"/> first.</summary>
    public ReadOnlySpan<long> Micros => _micros;

    /// <summary>Whether any record has a number.</summary>
    public bool HasAny => !_hasNone;

    /// <summary>Whether every record has a number.</summary>
    public bool HasAll => _hasAll;

    public void Clear()
    {
        _values.Clear();
        _presentLength = 0;
        _scale = 0;
    }

    /// <summary>Whether a record has the number.</summary>
    public bool Has(int record) => _hasAll || (!_hasNone && (_present[record >> 3] >> (record & 7) & 1) != 0);

    /// <summary>Reads the message, or a further piece of it.</summary>
    public bool TryRead(ReadOnlySpan<byte> message, ref int unknown)
    {
        WireReader reader = new(message);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out int field, out int wireType))
            {
                return false;
            }

            bool isRead = field switch
            {
                NumbersField.Scale => wireType == WireType.Varint && reader.TryReadVarint(out _scale),
                NumbersField.Present => wireType == WireType.Length && TryReadPresent(ref reader),
                NumbersField.Values => _values.TryRead(ref reader, wireType, isSigned: true, ulong.MaxValue),
                _ => reader.TrySkip(field, wireType) && ++unknown > 0,
            };
            if (!isRead)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Gives each record its number; false when their number does not fit, or a number is out of range.</summary>
    public bool TryFit(int records)
    {
        _hasNone = _values.Count == 0;
        _hasAll = !_hasNone && _presentLength == 0;
        int present = _hasNone ? 0 : records;
        if (_presentLength > 0)
        {
            present = 0;
            foreach (byte bits in _present.AsSpan(0, _presentLength))
            {
                present += BitOperations.PopCount(bits);
            }

            if (_presentLength != (records + 7) / 8 || ((records & 7) != 0 && _present[_presentLength - 1] >> (records & 7) != 0))
            {
                return false;
            }
        }

        if (!_values.TryFit(present, isFull: _hasNone) || _scale > DecimalParser.MaxMicros)
        {
            return false;
        }

        if (_micros.Length < records)
        {
            _micros = new long[Math.Min(Math.Max(records, 256), maxCount)];
        }

        return _hasNone ? Fill(records) : TryScale(records);
    }

    private bool Fill(int records)
    {
        _micros.AsSpan(0, records).Clear();
        return true;
    }

    private bool TryScale(int records)
    {
        long scale = Math.Max((long)_scale, 1);
        long most = DecimalParser.MaxMicros / scale;
        foreach (long value in _values.Values)
        {
            if (value > most || value < -most)
            {
                return false;
            }
        }

        if (_hasAll)
        {
            if (_values.IsConstant)
            {
                _micros.AsSpan(0, records).Fill(_values[0] * scale);
                return true;
            }

            ReadOnlySpan<long> values = _values.Values;
            Span<long> micros = _micros.AsSpan(0, records);
            for (int i = 0; i < micros.Length; i++)
            {
                micros[i] = values[i] * scale;
            }

            return true;
        }

        for (int i = 0, next = 0; i < records; i++)
        {
            _micros[i] = Has(i) ? _values[next++] * scale : 0;
        }

        return true;
    }

    private bool TryReadPresent(ref WireReader reader)
    {
        if (!reader.TryReadBytes(out ReadOnlySpan<byte> present) || present.Length > (maxCount + 7) / 8)
        {
            return false;
        }

        if (_present.Length < present.Length)
        {
            _present = new byte[present.Length * 2];
        }

        present.CopyTo(_present);
        _presentLength = present.Length;
        return true;
    }
}
