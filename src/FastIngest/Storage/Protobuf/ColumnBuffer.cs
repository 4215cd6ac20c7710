using System.Runtime.InteropServices;
using FastIngest.Proto;

namespace FastIngest.Storage.Protobuf;

/// <summary>The values of one column while a batch is collected. Writing it changes them: it is cleared afterwards.</summary>
internal sealed class ColumnBuffer
{
    private long[] _values = new long[256];

    public int Count { get; private set; }

    public ReadOnlySpan<long> Values => _values.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(long value)
    {
        if (Count == _values.Length)
        {
            Array.Resize(ref _values, Count * 2);
        }

        _values[Count++] = value;
    }

    /// <summary>Writes indexes: none if all are 0, one if all are equal.</summary>
    public void WriteIndexes(WireWriter writer, int field, bool isFull = false) => Write(writer, field, isFull, static (value, _) => (ulong)value, 1);

    /// <summary>Writes numbers with a sign, divided by a unit: none if all are 0, one if all are equal.</summary>
    public void WriteSigned(WireWriter writer, int field, long unit = 1, bool isFull = false) =>
        Write(writer, field, isFull, static (value, unit) => WireWriter.Zigzag(value / unit), unit);

    /// <summary>Writes numbers as the difference from the number before, divided by a unit: one for each record.</summary>
    public void WriteDifferences(WireWriter writer, int field, long unit)
    {
        for (int i = Count - 1; i > 0; i--)
        {
            _values[i] -= _values[i - 1];
        }

        WriteSigned(writer, field, unit, isFull: true);
    }

    /// <summary>Whether a unit divides all values.</summary>
    public bool AreMultiplesOf(long unit)
    {
        foreach (long value in Values)
        {
            if (value % unit != 0)
            {
                return false;
            }
        }

        return true;
    }

    private void Write(WireWriter writer, int field, bool isFull, Func<long, long, ulong> encode, long unit)
    {
        int count = Count;
        if (!isFull && Values.IndexOfAnyExcept(count > 0 ? _values[0] : 0) < 0)
        {
            count = count == 0 || _values[0] == 0 ? 0 : 1;
        }

        if (count == 0)
        {
            return;
        }

        // The values are not needed any more, so that they become what is written.
        Span<ulong> wire = MemoryMarshal.Cast<long, ulong>(_values.AsSpan(0, count));
        for (int i = 0; i < wire.Length; i++)
        {
            wire[i] = encode((long)wire[i], unit);
        }

        writer.Packed(field, wire);
    }
}
