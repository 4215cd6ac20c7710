using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace FastIngest.Storage.Columns;

/// <summary>
/// The values of one column of a <see cref="ColumnGroup"/>, in the memory layout of Apache Arrow: little-endian values of a fixed width, or
/// texts after one another with the offsets of their ends. A missing value is 0 or an empty text, and its bit in <see cref="Validity"/> is 0.
/// </summary>
internal sealed class ColumnValues
{
    private byte[] _data = new byte[1024];
    private byte[] _ends = [];
    private byte[] _validity = new byte[64];

    public ColumnValues(OutputColumn column)
    {
        Column = column;
        Width = column.Type switch { ColumnType.Text => 0, ColumnType.Date => sizeof(int), _ => sizeof(long) };
        if (Width == 0)
        {
            _ends = new byte[256 * sizeof(int)];
        }
    }

    public OutputColumn Column { get; }

    /// <summary>The bytes of a value; 0 for texts.</summary>
    public int Width { get; }

    public int Count { get; private set; }

    public int NullCount { get; private set; }

    /// <summary>The bytes of the values.</summary>
    public int Bytes { get; private set; }

    /// <summary>All values, or all texts.</summary>
    public ReadOnlyMemory<byte> Data => _data.AsMemory(0, Bytes);

    /// <summary>Where each text ends in <see cref="Data"/>, 4 bytes each; the first is 0, where the first text begins. Only for texts.</summary>
    public ReadOnlyMemory<byte> Ends => _ends.AsMemory(0, (Count + 1) * sizeof(int));

    /// <summary>One bit for each value, the least significant first; 0 for a missing one.</summary>
    public ReadOnlyMemory<byte> Validity => _validity.AsMemory(0, (Count + 7) / 8);

    public bool IsNull(int index) => (_validity[index / 8] >> (index & 7) & 1) == 0;

    public ReadOnlySpan<byte> Text(int index) => _data.AsSpan(End(index)..End(index + 1));

    /// <summary>Where the text before an index ends.</summary>
    public int End(int index) => BinaryPrimitives.ReadInt32LittleEndian(_ends.AsSpan(index * sizeof(int)));

    public ReadOnlySpan<byte> Value(int index) => _data.AsSpan(index * Width, Width);

    public long Int64(int index) => BinaryPrimitives.ReadInt64LittleEndian(Value(index));

    public int Int32(int index) => BinaryPrimitives.ReadInt32LittleEndian(Value(index));

    public double Double(int index) => BinaryPrimitives.ReadDoubleLittleEndian(Value(index));

    public void Add(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), value);

    public void Add(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Next(sizeof(double)), value);

    /// <summary>Adds a day, as days since 1970-01-01.</summary>
    public void AddDay(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), value);

    /// <summary>Adds a text. All formats need valid UTF-8, so that other bytes become U+FFFD.</summary>
    /// <exception cref="IngestException">The texts of the group have more than 2 GiB.</exception>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        }

        text.CopyTo(Next(text.Length));
    }

    public void AddNull()
    {
        Next(Width).Clear();
        _validity[(Count - 1) / 8] &= (byte)~(1 << ((Count - 1) & 7));
        NullCount++;
    }

    public void Clear()
    {
        (Count, NullCount, Bytes) = (0, 0, 0);
    }

    private Span<byte> Next(int bytes)
    {
        int start = Bytes;
        if (_data.Length - start < bytes)
        {
            Grow(bytes);
        }

        if (Count / 8 == _validity.Length)
        {
            Array.Resize(ref _validity, _validity.Length * 2);
        }

        _validity[Count / 8] = (byte)((Count & 7) == 0 ? 1 : _validity[Count / 8] | 1 << (Count & 7));
        Count++;
        Bytes += bytes;
        if (Width == 0)
        {
            if ((Count + 1) * sizeof(int) > _ends.Length)
            {
                Array.Resize(ref _ends, _ends.Length * 2);
            }

            BinaryPrimitives.WriteInt32LittleEndian(_ends.AsSpan(Count * sizeof(int)), Bytes);
        }

        return _data.AsSpan(start, bytes);
    }

    private void Grow(int bytes)
    {
        long size = Math.Max(Math.Min(_data.Length * 2L, Array.MaxLength), Bytes + (long)bytes);
        if (size > Array.MaxLength)
        {
            throw new IngestException(
                $"The texts of the column {Column.Name} have more than 2 GiB in one group of rows.", "Reduce the size of the records of one user on one day.");
        }

        Array.Resize(ref _data, (int)size);
    }
}
