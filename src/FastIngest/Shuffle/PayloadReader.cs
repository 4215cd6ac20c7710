using System.Buffers.Binary;

namespace FastIngest.Shuffle;

/// <summary>Reads what was written to an event of a <see cref="Segment"/>, in the same order.</summary>
public ref struct PayloadReader(ReadOnlySpan<byte> data, int start)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position = start;

    /// <summary>A text, in the partition's bytes; empty when there is none.</summary>
    public ReadOnlySpan<byte> ReadText()
    {
        int token = _position;
        int distance = BinaryPrimitives.ReadUInt16LittleEndian(_data[token..]);
        _position += 2;
        if (distance == Segment.NoText)
        {
            return default;
        }

        if (distance == Segment.TextFollows)
        {
            int length = (int)ReadVarint(_data, ref _position);
            int place = _position;
            _position += length;
            return _data.Slice(place, length);
        }

        int definition = token - distance;
        int definedLength = (int)ReadVarint(_data, ref definition);
        return _data.Slice(definition, definedLength);
    }

    /// <summary>Which numbers of the next group are there, as it was written.</summary>
    public readonly uint NumbersPresent => NumberGroup.PresentIn(_data[_position..]);

    /// <summary>Reads numbers in micros; returns which are there, bit <c>1 &lt;&lt; i</c> for the number <c>i</c>. The others are 0.</summary>
    /// <param name="micros">As many as were written at once.</param>
    public uint ReadNumbers(scoped Span<long> micros)
    {
        _position += NumberGroup.Read(_data[_position..], micros, out uint present);
        return present;
    }

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
