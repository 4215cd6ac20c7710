using System.Text;
using FastIngest.Proto;

namespace FastIngest.Storage.Columns.Parquet;

/// <summary>
/// Writes structures in the compact protocol of Apache Thrift, the encoding of Parquet's metadata. A field is one byte with its type and
/// the distance from the field before, and then its value.
/// </summary>
internal sealed class ThriftWriter
{
    private const byte TrueType = 1, FalseType = 2, Int8Type = 3, Int32Type = 5, Int64Type = 6, BinaryType = 8, ListType = 9, StructType = 12;

    private const int ShortList = 15;

    private readonly WireWriter _bytes = new();
    private readonly Stack<int> _outer = new();
    private int _field;

    public ReadOnlyMemory<byte> Written => _bytes.Memory;

    public int Length => _bytes.Length;

    public void Clear()
    {
        _bytes.Clear();
        _field = 0;
    }

    public void Int8(int field, sbyte value)
    {
        Field(field, Int8Type);
        _bytes.Raw([(byte)value]);
    }

    public void Int32(int field, int value)
    {
        Field(field, Int32Type);
        Number(value);
    }

    public void Int64(int field, long value)
    {
        Field(field, Int64Type);
        Number(value);
    }

    public void Flag(int field, bool value) => Field(field, value ? TrueType : FalseType);

    public void Text(int field, string text) => Binary(field, Encoding.UTF8.GetBytes(text));

    public void Binary(int field, ReadOnlySpan<byte> bytes)
    {
        Field(field, BinaryType);
        Element(bytes);
    }

    /// <summary>Starts a field that is a structure; <see cref="EndStruct"/> ends it.</summary>
    public void StartStruct(int field)
    {
        Field(field, StructType);
        StartElement();
    }

    /// <summary>Starts a structure that is an element of a list; <see cref="EndStruct"/> ends it.</summary>
    public void StartElement()
    {
        _outer.Push(_field);
        _field = 0;
    }

    public void EndStruct()
    {
        End();
        _field = _outer.Pop();
    }

    /// <summary>Ends the outermost structure.</summary>
    public void End() => _bytes.Raw([0]);

    public void StartStructList(int field, int count) => List(field, StructType, count);

    public void Int32List(int field, params ReadOnlySpan<int> values)
    {
        List(field, Int32Type, values.Length);
        foreach (int value in values)
        {
            Number(value);
        }
    }

    public void TextList(int field, string text)
    {
        List(field, BinaryType, 1);
        Element(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Adds elements that another writer wrote.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Raw(bytes);

    private void List(int field, byte type, int count)
    {
        Field(field, ListType);
        if (count < ShortList)
        {
            _bytes.Raw([(byte)(count << 4 | type)]);
            return;
        }

        _bytes.Raw([(byte)(ShortList << 4 | type)]);
        _bytes.Varint((ulong)count);
    }

    private void Element(ReadOnlySpan<byte> bytes)
    {
        _bytes.Varint((ulong)bytes.Length);
        _bytes.Raw(bytes);
    }

    private void Number(long value) => _bytes.Varint(WireWriter.Zigzag(value));

    /// <summary>Fields come in ascending order, at most 15 apart.</summary>
    private void Field(int field, byte type)
    {
        _bytes.Raw([(byte)((field - _field) << 4 | type)]);
        _field = field;
    }
}
