using System.Buffers.Binary;
using System.Text;

namespace FastIngest.Storage.Columns.Arrow;

/// <summary>
/// Writes one buffer of FlatBuffers, the encoding of Arrow's metadata. It is built from its end to its beginning, so that what a table
/// refers to comes before the table in time and after it in the bytes. A place in the buffer is its distance from the end.
/// </summary>
internal sealed class FlatBuffer
{
    private byte[] _bytes = new byte[4096];
    private int _length;
    private readonly int[] _fields = new int[8];
    private int _fieldCount, _tableEnd, _alignment;

    /// <summary>Starts a new buffer.</summary>
    public void Clear() => (_length, _alignment) = (0, 8);

    /// <summary>Adds a text and returns its place.</summary>
    public int AddText(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Align(sizeof(int), utf8.Length + 1);
        Take(1)[0] = 0;
        utf8.CopyTo(Take(utf8.Length));
        PutInt32(utf8.Length);
        return _length;
    }

    /// <summary>Adds a list of references to places and returns its place.</summary>
    public int AddReferences(ReadOnlySpan<int> places)
    {
        Align(sizeof(int), places.Length * sizeof(int));
        for (int i = places.Length - 1; i >= 0; i--)
        {
            PutReference(places[i]);
        }

        PutInt32(places.Length);
        return _length;
    }

    /// <summary>Adds a list of structs that consist of numbers of 8 bytes, and returns its place.</summary>
    /// <param name="numbers">The numbers of all structs.</param>
    /// <param name="perStruct">The numbers of one struct.</param>
    public int AddStructs(ReadOnlySpan<long> numbers, int perStruct)
    {
        Align(sizeof(int), numbers.Length * sizeof(long));
        Align(sizeof(long), numbers.Length * sizeof(long));
        for (int i = numbers.Length - 1; i >= 0; i--)
        {
            BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), numbers[i]);
        }

        PutInt32(numbers.Length / perStruct);
        return _length;
    }

    /// <summary>Starts a table; what it refers to must be there already.</summary>
    public void StartTable(int fields)
    {
        Array.Clear(_fields);
        (_fieldCount, _tableEnd) = (fields, _length);
    }

    public void Reference(int field, int place)
    {
        Align(sizeof(int), 0);
        PutReference(place);
        _fields[field] = _length;
    }

    public void Byte(int field, byte value)
    {
        Take(1)[0] = value;
        _fields[field] = _length;
    }

    public void Int16(int field, short value)
    {
        Align(sizeof(short), 0);
        BinaryPrimitives.WriteInt16LittleEndian(Take(sizeof(short)), value);
        _fields[field] = _length;
    }

    public void Int32(int field, int value)
    {
        Align(sizeof(int), 0);
        PutInt32(value);
        _fields[field] = _length;
    }

    public void Int64(int field, long value)
    {
        Align(sizeof(long), 0);
        BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);
        _fields[field] = _length;
    }

    /// <summary>Ends the table and returns its place.</summary>
    public int EndTable()
    {
        Align(sizeof(int), 0);
        PutInt32(0);
        int table = _length;
        for (int i = _fieldCount - 1; i >= 0; i--)
        {
            BinaryPrimitives.WriteInt16LittleEndian(Take(sizeof(short)), (short)(_fields[i] == 0 ? 0 : table - _fields[i]));
        }

        BinaryPrimitives.WriteInt16LittleEndian(Take(sizeof(short)), (short)(table - _tableEnd));
        BinaryPrimitives.WriteInt16LittleEndian(Take(sizeof(short)), (short)((_fieldCount + 2) * sizeof(short)));
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_bytes.Length - table), _length - table);
        return table;
    }

    /// <summary>Ends the buffer and returns its bytes, which stay valid until it is used again.</summary>
    /// <param name="root">The place of the root table.</param>
    public ReadOnlyMemory<byte> Finish(int root)
    {
        Align(_alignment, sizeof(int));
        PutReference(root);
        return _bytes.AsMemory(_bytes.Length - _length);
    }

    private void PutInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    /// <summary>A reference is the distance from itself to what it refers to.</summary>
    private void PutReference(int place)
    {
        Span<byte> bytes = Take(sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(bytes, _length - place);
    }

    /// <summary>Adds zeros, so that the place after some more bytes is a multiple of a size.</summary>
    private void Align(int size, int bytesBefore)
    {
        int padding = (size - ((_length + bytesBefore) % size)) % size;
        Take(padding).Clear();
    }

    private Span<byte> Take(int bytes)
    {
        if (_bytes.Length - _length < bytes)
        {
            byte[] larger = new byte[Math.Max(_bytes.Length * 2, _length + bytes)];
            _bytes.AsSpan(_bytes.Length - _length).CopyTo(larger.AsSpan(larger.Length - _length));
            _bytes = larger;
        }

        _length += bytes;
        return _bytes.AsSpan(_bytes.Length - _length, bytes);
    }
}
