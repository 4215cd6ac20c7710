using FastIngest.Health;

namespace FastIngest.Dialects.Contract;

/// <summary>A rejected element: its offset and length in the file, in bytes, and the reason.</summary>
internal readonly record struct Reject(long Offset, long Length, RejectReason Reason);

/// <summary>
/// The rejects of a chunk in file order. A small reject uses two to four bytes: a hostile chunk may contain a reject for
/// every other byte, and its list must not become many times larger than the chunk.
/// <code>
/// reject: varint bytes since the end of the previous reject, varint length, 1 byte reason
/// </code>
/// </summary>
internal sealed class RejectList
{
    // Two varints of 64 bits, and the reason.
    private const int MaxBytes = 21;

    /// <summary>A buffer larger than this is released when the list is cleared.</summary>
    private const int KeptBytes = 64 * 1024;

    private byte[] _data = [];
    private int _length;
    private long _end;

    /// <summary>The number of rejects.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a reject. It must not start before the end of the previous one.</summary>
    public void Add(Reject reject)
    {
        if (_data.Length - _length < MaxBytes)
        {
            Array.Resize(ref _data, Math.Max(256, _data.Length + (_data.Length / 2)));
        }

        WriteVarint((ulong)(reject.Offset - _end));
        WriteVarint((ulong)reject.Length);
        _data[_length++] = (byte)reject.Reason;
        Count++;
        _end = reject.Offset + reject.Length;
    }

    public void Clear()
    {
        _data = _data.Length > KeptBytes ? [] : _data;
        _length = 0;
        _end = 0;
        Count = 0;
    }

    public Enumerator GetEnumerator() => new(this);

    private void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            _data[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _data[_length++] = (byte)value;
    }

    internal ref struct Enumerator(RejectList list)
    {
        private int _position;
        private long _end;

        public Reject Current { get; private set; }

        public bool MoveNext()
        {
            if (_position == list._length)
            {
                return false;
            }

            long offset = _end + ReadVarint();
            long length = ReadVarint();
            Current = new Reject(offset, length, (RejectReason)list._data[_position++]);
            _end = offset + length;
            return true;
        }

        private long ReadVarint()
        {
            long value = 0;
            byte b;
            int shift = 0;
            do
            {
                b = list._data[_position++];
                value |= (long)(b & 0x7F) << shift;
                shift += 7;
            }
            while (b >= 0x80);

            return value;
        }
    }
}
