namespace FastIngest.Proto;

/// <summary>
/// Reads the fields of a message from its bytes. Every method returns false for bytes that are no valid message and never reads past
/// the end; after that the reader must not be used.
/// </summary>
/// <param name="message">The bytes of the message.</param>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    /// <summary>Unknown groups in groups to this depth are skipped.</summary>
    private const int MaxGroups = 64;

    private const int MaxFieldNumber = (1 << 29) - 1;

    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>The number of bytes read.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the whole message is read.</summary>
    public readonly bool IsAtEnd => Position == _message.Length;

    public static long Signed(ulong zigzag) => (long)(zigzag >> 1) ^ -(long)(zigzag & 1);

    /// <summary>Reads a number of up to 64 bits; false when it is cut off or longer than 64 bits.</summary>
    public bool TryReadVarint(out ulong value)
    {
        ReadOnlySpan<byte> message = _message;
        int at = Position;
        if ((uint)at < (uint)message.Length && message[at] < 0x80)
        {
            value = message[at];
            Position = at + 1;
            return true;
        }

        value = 0;
        for (int shift = 0; shift < 64 && (uint)at < (uint)message.Length; shift += 7)
        {
            byte b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                Position = at;
                return shift < 63 || b <= 1;
            }
        }

        return false;
    }

    /// <summary>Reads a number of at most 32 bits.</summary>
    public bool TryReadUInt32(out uint value)
    {
        bool isRead = TryReadVarint(out ulong wide) && wide <= uint.MaxValue;
        value = (uint)wide;
        return isRead;
    }

    /// <summary>Reads the tag of the next field.</summary>
    public bool TryReadTag(out int field, out int wireType)
    {
        bool isRead = TryReadUInt32(out uint tag);
        field = (int)(tag >> 3);
        wireType = (int)(tag & 7);
        return isRead && field is > 0 and <= MaxFieldNumber;
    }

    /// <summary>Reads a field with a length: a text, bytes, a message or a packed column.</summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!TryReadVarint(out ulong length) || length > (ulong)(_message.Length - Position))
        {
            return false;
        }

        bytes = _message.Slice(Position, (int)length);
        Position += (int)length;
        return true;
    }

    /// <summary>Passes over the value of a field that is not known.</summary>
    public bool TrySkip(int field, int wireType)
    {
        if (wireType != WireType.StartGroup)
        {
            return TrySkipValue(wireType);
        }

        Span<int> open = stackalloc int[MaxGroups];
        open[0] = field;
        int depth = 1;
        while (depth > 0)
        {
            if (!TryReadTag(out int inner, out int type))
            {
                return false;
            }

            if (type == WireType.EndGroup)
            {
                if (open[--depth] != inner)
                {
                    return false;
                }
            }
            else if (type == WireType.StartGroup)
            {
                if (depth == MaxGroups)
                {
                    return false;
                }

                open[depth++] = inner;
            }
            else if (!TrySkipValue(type))
            {
                return false;
            }
        }

        return true;
    }

    private bool TrySkipValue(int wireType) => wireType switch
    {
        WireType.Varint => TryReadVarint(out _),
        WireType.Fixed64 => TryAdvance(sizeof(ulong)),
        WireType.Length => TryReadBytes(out _),
        WireType.Fixed32 => TryAdvance(sizeof(uint)),
        _ => false,
    };

    private bool TryAdvance(int bytes)
    {
        if (_message.Length - Position < bytes)
        {
            return false;
        }

        Position += bytes;
        return true;
    }
}
