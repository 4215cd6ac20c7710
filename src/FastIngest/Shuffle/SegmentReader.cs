using System.Buffers.Binary;

namespace FastIngest.Shuffle;

/// <summary>Reads the events of a <see cref="Segment"/> in order. Positions are offsets in the buffer given.</summary>
public ref struct SegmentReader(ReadOnlySpan<byte> data, int start, int length)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private readonly int _end = start + length;
    private int _position = start;

    /// <summary>Where the next event starts.</summary>
    public readonly int Position => _position;

    /// <summary>Whether this event's key differs from that of the event before.</summary>
    public bool IsNewKey { get; private set; }

    /// <summary>Whether this event's user differs from that of the event before.</summary>
    public bool IsNewUser { get; private set; }

    public int UserStart { get; private set; }

    public int UserLength { get; private set; }

    public int Day { get; private set; }

    /// <summary>Where the event's payload starts: what <see cref="PayloadReader"/> needs.</summary>
    public int PayloadStart { get; private set; }

    public readonly ReadOnlySpan<byte> User => _data.Slice(UserStart, UserLength);

    public bool Next()
    {
        if (_position >= _end)
        {
            return false;
        }

        int head = _data[_position++];
        int key = head & 3;
        IsNewKey = key != Segment.SameKey;
        IsNewUser = key == Segment.NewUser;
        if (IsNewUser)
        {
            UserLength = (int)PayloadReader.ReadVarint(_data, ref _position);
            UserStart = _position;
            _position += UserLength;
        }

        if (IsNewKey)
        {
            ulong zigzag = PayloadReader.ReadVarint(_data, ref _position);
            Day += (int)((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
        }

        int payload;
        if ((head & Segment.LongLength) != 0)
        {
            payload = BinaryPrimitives.ReadInt32LittleEndian(_data[_position..]);
            _position += 4;
        }
        else
        {
            payload = _data[_position++];
        }

        PayloadStart = _position;
        _position += payload;
        return true;
    }
}

/// <summary>Reads what was written to an event, in the same order.</summary>
public ref struct PayloadReader(ReadOnlySpan<byte> data, int start)
{
    private static ReadOnlySpan<long> PowersOfTen => [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

    private readonly ReadOnlySpan<byte> _data = data;
    private int _position = start;

    /// <summary>A text; false when there is none.</summary>
    public bool ReadText(out ReadOnlySpan<byte> text)
    {
        int token = _position;
        int distance = (int)ReadVarint(_data, ref _position);
        if (distance == 0)
        {
            text = default;
            return false;
        }

        if (distance == 1)
        {
            int length = (int)ReadVarint(_data, ref _position);
            text = _data.Slice(_position, length);
            _position += length;
            return true;
        }

        int definition = token - distance;
        int definedLength = (int)ReadVarint(_data, ref definition);
        text = _data.Slice(definition, definedLength);
        return true;
    }

    /// <summary>A number in millionths; false when there is none.</summary>
    public bool ReadNumber(out long millionths)
    {
        ulong value = ReadVarint(_data, ref _position);
        int code = (int)(value & 7);
        if (code != 0)
        {
            ulong zigzag = value >> 3;
            millionths = ((long)(zigzag >> 1) ^ -(long)(zigzag & 1)) * PowersOfTen[code - 1];
            return true;
        }

        if (value == 0)
        {
            millionths = 0;
            return false;
        }

        millionths = BinaryPrimitives.ReadInt64LittleEndian(_data[_position..]);
        _position += 8;
        return true;
    }

    public long ReadCount() => (long)ReadVarint(_data, ref _position);

    internal static ulong ReadVarint(ReadOnlySpan<byte> data, ref int position)
    {
        ulong value = data[position++];
        if (value < 0x80)
        {
            return value;
        }

        value &= 0x7F;
        for (int shift = 7; ; shift += 7)
        {
            byte b = data[position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }
}
