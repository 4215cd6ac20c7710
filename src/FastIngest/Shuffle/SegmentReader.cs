using System.Buffers.Binary;

namespace FastIngest.Shuffle;

/// <summary>Reads the events of a <see cref="Segment"/> in order. Positions are byte offsets in <paramref name="data"/>.</summary>
public ref struct SegmentReader(ReadOnlySpan<byte> data, int start, int length)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private readonly int _end = start + length;
    private int _position = start;
    private int _key;

    /// <summary>The start of the next event.</summary>
    public readonly int Position => _position;

    /// <summary>Whether this event's key differs from that of the event before.</summary>
    public readonly bool IsNewKey => _key != Segment.SameKey;

    /// <summary>Whether this event's user differs from that of the event before.</summary>
    public readonly bool IsNewUser => _key == Segment.NewUser;

    public int UserStart { get; private set; }

    public int UserLength { get; private set; }

    public int Day { get; private set; }

    /// <summary>The start of the event's payload, for <see cref="PayloadReader"/>.</summary>
    public int PayloadStart { get; private set; }

    public readonly ReadOnlySpan<byte> User => _data.Slice(UserStart, UserLength);

    public bool Next()
    {
        if (_position >= _end)
        {
            return false;
        }

        int head = BinaryPrimitives.ReadUInt16LittleEndian(_data[_position..]);
        int payload = head >> Segment.KeyBits;
        _key = head & ((1 << Segment.KeyBits) - 1);
        _position += 2;
        if (payload == Segment.LongLength)
        {
            payload = BinaryPrimitives.ReadInt32LittleEndian(_data[_position..]);
            _position += 4;
        }

        if (IsNewKey)
        {
            ReadKey();
        }

        PayloadStart = _position;
        _position += payload;
        return true;
    }

    private void ReadKey()
    {
        if (IsNewUser)
        {
            UserLength = (int)PayloadReader.ReadVarint(_data, ref _position);
            UserStart = _position;
            _position += UserLength;
        }

        ulong zigzag = PayloadReader.ReadVarint(_data, ref _position);
        Day += (int)((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
    }
}
