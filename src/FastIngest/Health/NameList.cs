using System.Buffers.Binary;

namespace FastIngest.Health;

/// <summary>
/// A list of names encoded as one byte string. Records with the same names have the same byte string, so that it can be
/// stored and compared as a whole. Each name is preceded by its length in bytes: one byte, or 255 and four bytes (little-endian).
/// </summary>
internal sealed class NameList
{
    private const int LongLength = byte.MaxValue;

    private byte[] _bytes = new byte[256];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Add(ReadOnlySpan<byte> name)
    {
        if (_bytes.Length - _length < name.Length + 5)
        {
            Array.Resize(ref _bytes, (_bytes.Length * 2) + name.Length);
        }

        Span<byte> target = _bytes.AsSpan(_length);
        int head = 1;
        target[0] = (byte)Math.Min(name.Length, LongLength);
        if (name.Length >= LongLength)
        {
            BinaryPrimitives.WriteInt32LittleEndian(target[1..], name.Length);
            head = 5;
        }

        name.CopyTo(target[head..]);
        _length += head + name.Length;
    }

    /// <summary>Replaces the list by a copy of an encoded list.</summary>
    public void Set(ReadOnlySpan<byte> list)
    {
        if (_bytes.Length < list.Length)
        {
            _bytes = new byte[list.Length * 2];
        }

        list.CopyTo(_bytes);
        _length = list.Length;
    }

    /// <summary>Counts the names of an encoded list.</summary>
    public static int Count(ReadOnlySpan<byte> list)
    {
        int count = 0;
        for (; !list.IsEmpty; count++)
        {
            ReadName(ref list);
        }

        return count;
    }

    /// <summary>Reads the first name of a non-empty encoded list and removes it from <paramref name="list"/>.</summary>
    public static ReadOnlySpan<byte> ReadName(ref ReadOnlySpan<byte> list)
    {
        int length = list[0];
        int head = 1;
        if (length == LongLength)
        {
            length = BinaryPrimitives.ReadInt32LittleEndian(list[1..]);
            head = 5;
        }

        ReadOnlySpan<byte> name = list.Slice(head, length);
        list = list[(head + length)..];
        return name;
    }
}
