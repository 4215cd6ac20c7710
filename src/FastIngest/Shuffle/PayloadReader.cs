using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FastIngest.Shuffle;

/// <summary>Reads the payload of an event in a <see cref="Segment"/>, in the order in which it was written.</summary>
public ref struct PayloadReader(ReadOnlySpan<byte> data, int start)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position = start;

    /// <summary>Reads a text as a span over the partition's bytes; a missing text is empty.</summary>
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

    /// <summary>The presence bits of the next group of numbers.</summary>
    public readonly uint NumbersPresent => NumberGroup.PresentIn(_data[_position..]);

    /// <summary>Reads a group of numbers. Returns the presence bits: bit <c>1 &lt;&lt; i</c> is set when number <c>i</c> is present.</summary>
    /// <param name="micros">Receives the numbers in micros; 0 for a missing number. Its length must be the size of the group as written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
