using FastIngest.Proto;

namespace FastIngest.Dialects.Protobuf;

/// <summary>The values of a column of a batch. They may arrive packed, one by one, or both, in any number of pieces.</summary>
/// <param name="maxCount">The maximum number of values; more are an error.</param>
internal sealed class ReadColumn(int maxCount)
{
    private long[] _values = new long[16];
    private int _stride;

    public int Count { get; private set; }

    public ReadOnlySpan<long> Values => _values.AsSpan(0, Count);

    /// <summary>Whether all records have the same value.</summary>
    public bool IsConstant => _stride == 0;

    /// <summary>The value of a record. Call <see cref="TryFit"/> first.</summary>
    public long this[int record] => _values[record * _stride];

    public void Clear() => Count = 0;

    /// <summary>Returns the first record after a record, up to an end, that has another value; the end when there is none.</summary>
    public int EndOfEqual(int record, int endExcl)
    {
        if (IsConstant)
        {
            return endExcl;
        }

        int end = _values.AsSpan(record, endExcl - record).IndexOfAnyExcept(_values[record]);
        return end < 0 ? endExcl : record + end;
    }

    /// <summary>Reads a field of the column.</summary>
    /// <param name="reader">The message, after the tag.</param>
    /// <param name="wireType">The wire type of the field.</param>
    /// <param name="isSigned">Whether the values are signed.</param>
    /// <param name="max">The largest value on the wire.</param>
    public bool TryRead(ref WireReader reader, int wireType, bool isSigned, ulong max)
    {
        if (wireType == WireType.Varint)
        {
            return TryReadValue(ref reader, isSigned, max);
        }

        if (wireType != WireType.Length || !reader.TryReadBytes(out ReadOnlySpan<byte> packed))
        {
            return false;
        }

        return isSigned ? TryReadSigned(packed, max) : TryReadUnsigned(packed, max);
    }

    /// <summary>Checks that the column has a value for each record, one for all, or none; then each record has its value.</summary>
    public bool TryFit(int records, bool isFull = false)
    {
        if (Count == records)
        {
            _stride = 1;
            return true;
        }

        _stride = 0;
        _values[0] = Count == 0 ? 0 : _values[0];
        return !isFull && Count <= 1;
    }

    private bool TryReadUnsigned(ReadOnlySpan<byte> packed, ulong max)
    {
        int at = 0;
        while (at < packed.Length)
        {
            // Most indexes have one byte.
            if (packed[at] < 0x80 && Count < _values.Length)
            {
                _values[Count++] = packed[at++];
                continue;
            }

            WireReader rest = new(packed[at..]);
            if (!TryReadValue(ref rest, isSigned: false, max))
            {
                return false;
            }

            at += rest.Position;
        }

        return Count <= maxCount;
    }

    private bool TryReadSigned(ReadOnlySpan<byte> packed, ulong max)
    {
        int at = 0;
        while (at < packed.Length)
        {
            uint first = packed[at];
            if (first < 0x80 && Count < _values.Length)
            {
                at++;
                _values[Count++] = (int)(first >> 1) ^ -(int)(first & 1);
                continue;
            }

            if (at + 1 < packed.Length && packed[at + 1] < 0x80 && Count < _values.Length)
            {
                uint value = (first & 0x7F) | ((uint)packed[at + 1] << 7);
                at += 2;
                _values[Count++] = (int)(value >> 1) ^ -(int)(value & 1);
                continue;
            }

            WireReader rest = new(packed[at..]);
            if (!TryReadValue(ref rest, isSigned: true, max))
            {
                return false;
            }

            at += rest.Position;
        }

        return Count <= maxCount;
    }

    private bool TryReadValue(ref WireReader reader, bool isSigned, ulong max)
    {
        if (Count >= maxCount || !reader.TryReadVarint(out ulong value) || value > max)
        {
            return false;
        }

        Reserve(1);
        _values[Count++] = isSigned ? WireReader.Signed(value) : (long)value;
        return true;
    }

    private void Reserve(int count)
    {
        if (_values.Length - Count < count)
        {
            Array.Resize(ref _values, Math.Max(Math.Min(_values.Length * 2, maxCount), Count + count));
        }
    }
}
