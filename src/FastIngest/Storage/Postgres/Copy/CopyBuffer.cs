using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FastIngest.Storage.Postgres.Copy;

/// <summary>
/// Encodes tuples in the binary format of COPY. A tuple is the number of its fields (Int16), then each field as its length
/// (Int32, -1 for null) and its bytes; all numbers are big-endian.
/// <code>
/// 00 02 | 00 00 00 03 'a' 'b' 'c' | FF FF FF FF        two fields: the text abc, and null
/// </code>
/// </summary>
internal sealed class CopyBuffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, Length);

    /// <summary>Clears the buffer. Memory that a huge row needed is released.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > 8 * capacity)
        {
            _bytes = new byte[capacity];
        }
    }

    /// <summary>Writes bytes without a length.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends bytes that the caller fills.</summary>
    public Span<byte> Extend(int bytes)
    {
        Span<byte> room = Reserve(bytes)[..bytes];
        Length += bytes;
        return room;
    }

    public void BeginTuple(int fieldCount)
    {
        BinaryPrimitives.WriteInt16BigEndian(Reserve(2), (short)fieldCount);
        Length += 2;
    }

    public void Null() => Int32(-1);

    public void Text(ReadOnlySpan<byte> utf8)
    {
        Span<byte> field = Reserve(4 + utf8.Length);
        BinaryPrimitives.WriteInt32BigEndian(field, utf8.Length);
        utf8.CopyTo(field[4..]);
        Length += 4 + utf8.Length;
    }

    /// <summary>A <c>jsonb</c> value: version 1 of its transfer format is a byte 1 and the JSON text.</summary>
    public void Jsonb(ReadOnlySpan<byte> json)
    {
        Span<byte> field = Reserve(5 + json.Length);
        BinaryPrimitives.WriteInt32BigEndian(field, 1 + json.Length);
        field[4] = 1;
        json.CopyTo(field[5..]);
        Length += 5 + json.Length;
    }

    public void Float8(double value)
    {
        Span<byte> field = Reserve(12);
        BinaryPrimitives.WriteInt32BigEndian(field, 8);
        BinaryPrimitives.WriteDoubleBigEndian(field[4..], value);
        Length += 12;
    }

    /// <summary>A <c>real[]</c> of one dimension.</summary>
    public void Float4Array(ReadOnlySpan<float> values)
    {
        const int HeaderBytes = 20, ElementBytes = 8, Float4Oid = 700;
        int bytes = HeaderBytes + (ElementBytes * values.Length);
        Span<byte> field = Reserve(4 + bytes);
        BinaryPrimitives.WriteInt32BigEndian(field, bytes);
        BinaryPrimitives.WriteInt32BigEndian(field[4..], 1);
        BinaryPrimitives.WriteInt32BigEndian(field[8..], 0);
        BinaryPrimitives.WriteInt32BigEndian(field[12..], Float4Oid);
        BinaryPrimitives.WriteInt32BigEndian(field[16..], values.Length);
        BinaryPrimitives.WriteInt32BigEndian(field[20..], 1);
        Span<byte> elements = field[(4 + HeaderBytes)..];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(elements[(i * ElementBytes)..], sizeof(float));
            BinaryPrimitives.WriteSingleBigEndian(elements[((i * ElementBytes) + 4)..], values[i]);
        }

        Length += 4 + bytes;
    }

    public void Int8(long value)
    {
        Span<byte> field = Reserve(12);
        BinaryPrimitives.WriteInt32BigEndian(field, 8);
        BinaryPrimitives.WriteInt64BigEndian(field[4..], value);
        Length += 12;
    }

    public void Int4(int value)
    {
        Int32(4);
        Int32(value);
    }

    public void Int2(short value)
    {
        Int32(2);
        BinaryPrimitives.WriteInt16BigEndian(Reserve(2), value);
        Length += 2;
    }

    /// <summary>Writes the length of the next field. The caller sends its bytes afterwards.</summary>
    public void FieldLength(int bytes) => Int32(bytes);

    public void Bool(bool value)
    {
        Span<byte> field = Reserve(5);
        BinaryPrimitives.WriteInt32BigEndian(field, 1);
        field[4] = value ? (byte)1 : (byte)0;
        Length += 5;
    }

    public void Uuid(Guid value)
    {
        Int32(16);
        value.TryWriteBytes(Reserve(16), bigEndian: true, out _);
        Length += 16;
    }

    /// <summary>A <c>date</c>: days since 2000-01-01.</summary>
    /// <param name="day">Days since 0001-01-01.</param>
    public void Date(int day) => Int4(day - CopyFormat.EpochDay);

    /// <summary>A <c>timestamp</c> without time zone: microseconds since 2000-01-01.</summary>
    /// <param name="day">Days since 0001-01-01.</param>
    /// <param name="microseconds">Since midnight.</param>
    public void Timestamp(int day, long microseconds) => Int8(((day - CopyFormat.EpochDay) * CopyFormat.DayMicroseconds) + microseconds);

    private void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);
        Length += 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Reserve(int bytes)
    {
        if (_bytes.Length - Length < bytes)
        {
            Grow(bytes);
        }

        return _bytes.AsSpan(Length);
    }

    private void Grow(int bytes) =>
        Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)Length + bytes)));
}
