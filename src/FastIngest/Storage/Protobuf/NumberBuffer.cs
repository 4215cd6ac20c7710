using FastIngest.Proto;

namespace FastIngest.Storage.Protobuf;

/// <summary>A column of numbers that may be missing while a batch is collected.</summary>
internal sealed class NumberBuffer
{
    private readonly ColumnBuffer _values = new();
    private readonly WireWriter _message = new();
    private byte[] _present = new byte[64];
    private int _count;

    public void Clear()
    {
        _values.Clear();
        _count = 0;
    }

    /// <summary>Adds the number of the next record.</summary>
    /// <param name="micros">The number in millionths.</param>
    /// <param name="isPresent">Whether the record has it.</param>
    public void Add(long micros, bool isPresent)
    {
        if ((_count & 7) == 0)
        {
            if (_count / 8 == _present.Length)
            {
                Array.Resize(ref _present, _present.Length * 2);
            }

            _present[_count / 8] = 0;
        }

        if (isPresent)
        {
            _present[_count / 8] |= (byte)(1 << (_count & 7));
            _values.Add(micros);
        }

        _count++;
    }

    /// <summary>Writes the column; one without numbers is empty, because the place in the list says which one it is.</summary>
    public void Write(WireWriter writer, int field)
    {
        _message.Clear();
        if (_values.Count > 0)
        {
            long scale = ProtoFormat.MaxScale;
            while (scale > 1 && !_values.AreMultiplesOf(scale))
            {
                scale /= 10;
            }

            _message.Number(NumbersField.Scale, (ulong)scale);
            if (_values.Count < _count)
            {
                _message.Bytes(NumbersField.Present, _present.AsSpan(0, (_count + 7) / 8));
            }

            // Equal numbers are written once, but zeros, too, because a column without values has no numbers.
            _values.WriteSigned(_message, NumbersField.Values, scale, isFull: _values.Values.IndexOfAnyExcept(0) < 0);
        }

        writer.Bytes(field, _message.Written);
    }

    /// <summary>Writes the column unless it has no numbers.</summary>
    public void WriteIfAny(WireWriter writer, int field)
    {
        if (_values.Count > 0)
        {
            Write(writer, field);
        }
    }
}
