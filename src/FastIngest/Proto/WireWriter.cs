using System.Numerics;

namespace FastIngest.Proto;

/// <summary>Writes the fields of messages to memory that grows.</summary>
internal sealed class WireWriter
{
    private const int MaxVarintBytes = 10;

    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>The number of bytes of a varint, one for each 7 bits.</summary>
    public static int VarintBytes(ulong value) => ((BitOperations.Log2(value | 1) * 9) + 73) >> 6;

    /// <summary>Removes everything; a buffer above a size is released.</summary>
    public void Clear(int keptBytes = int.MaxValue)
    {
        Length = 0;
        _bytes = _bytes.Length > keptBytes ? new byte[1024] : _bytes;
    }

    public void Tag(int field, int wireType) => Varint((ulong)((field << 3) | wireType));

    public void Varint(ulong value)
    {
        Reserve(MaxVarintBytes);
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    /// <summary>Writes a number, unless it is 0, which a message does not contain.</summary>
    public void Number(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, WireType.Varint);
            Varint(value);
        }
    }

    /// <summary>Writes a text, bytes or a message.</summary>
    public void Bytes(int field, scoped ReadOnlySpan<byte> value)
    {
        Tag(field, WireType.Length);
        Varint((ulong)value.Length);
        Raw(value);
    }

    /// <summary>Writes a packed column of unsigned numbers.</summary>
    public void Packed(int field, ReadOnlySpan<ulong> values)
    {
        int bytes = 0;
        foreach (ulong value in values)
        {
            bytes += VarintBytes(value);
        }

        Tag(field, WireType.Length);
        Varint((ulong)bytes);
        Reserve(bytes);
        foreach (ulong value in values)
        {
            Varint(value);
        }
    }

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Appends bytes that the caller fills.</summary>
    public Span<byte> Extend(int bytes)
    {
        Reserve(bytes);
        Length += bytes;
        return _bytes.AsSpan(Length - bytes, bytes);
    }

    private void Reserve(int bytes)
    {
        if (_bytes.Length - Length < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        }
    }
}
