using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FastIngest.Shuffle;

/// <summary>
/// The events of one chunk for one partition, encoded as compact bytes for <see cref="SegmentReader"/>. The bytes are
/// self-contained: they refer to nothing outside of the segment. All integers are little-endian.
/// <code>
/// event:   2 bytes, [4 bytes length], [user], [day], payload
/// 2 bytes: bits 0-1  key: 0 same as last event, 1 new day, 2 new user and day     bits 2-15  payload length, or 16383: 4 bytes of length follow
/// user:    varint length, bytes         day: zigzag varint, difference from the day of the last event
/// text:    2 bytes: 0 none; 1 then varint length, bytes; otherwise the distance back to the length of an earlier text
/// numbers: groups of up to 12, see NumberGroup
/// </code>
/// </summary>
public sealed class Segment
{
    internal const int SameKey = 0, NewDay = 1, NewUser = 2, KeyBits = 2, LongLength = (1 << (16 - KeyBits)) - 1;
    internal const int NoText = 0, TextFollows = 1;

    /// <summary>The maximum number of values in one group.</summary>
    public const int GroupSize = NumberGroup.Size;

    // The maximum size of everything before the payload except the user id.
    private const int MaxHeadBytes = 32;

    private const int TextCacheSize = 64;
    private const int MaxCachedText = 4096;

    private readonly (int Place, int Start, int Length)[] _textCache = new (int, int, int)[TextCacheSize];
    private readonly SegmentMemory _memory;
    private byte[] _data = [];
    private int _length;
    private int _userStart;
    private int _userLength = -1;
    private int _day;
    private int _eventStart;
    private int _payloadStart;

    public Segment()
        : this(new SegmentMemory())
    {
    }

    internal Segment(SegmentMemory memory) => _memory = memory;

    public ReadOnlySpan<byte> Bytes => _data.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        _userLength = -1;
        _day = 0;
        Array.Clear(_textCache);
    }

    /// <summary>Returns the memory of a cleared segment; the next event rents memory once more.</summary>
    internal void Trim()
    {
        _memory.Return(_data);
        _data = [];
    }

    /// <summary>The maximum encoded size of a text in bytes.</summary>
    public static long MaxTextBytes(int length) => length + 7L;

    /// <summary>The maximum encoded size of numbers in bytes.</summary>
    public static long MaxNumbersBytes(int count) => (8L * count) + (2 * ((count / GroupSize) + 1));

    /// <summary>Whether the segment has an event and the last one belongs to this user.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLastUser(ReadOnlySpan<byte> user) => _userLength == user.Length && user.SequenceEqual(_data.AsSpan(_userStart, _userLength));

    /// <summary>Starts an event. The caller then writes at most <paramref name="maxPayload"/> bytes of payload and calls <see cref="End"/>.</summary>
    public void Begin(ReadOnlySpan<byte> user, int day, long maxPayload)
    {
        if (IsLastUser(user))
        {
            Begin(day, maxPayload);
            return;
        }

        Start(NewUser, user.Length + maxPayload, maxPayload);
        WriteVarint((uint)user.Length);
        _userStart = _length;
        _userLength = user.Length;
        user.CopyTo(_data.AsSpan(_length));
        _length += user.Length;
        WriteDay(day);
    }

    /// <summary>Starts an event for the user of the last event.</summary>
    public void Begin(int day, long maxPayload)
    {
        if (day == _day)
        {
            Start(SameKey, maxPayload, maxPayload);
        }
        else
        {
            Start(NewDay, maxPayload, maxPayload);
            WriteDay(day);
        }
    }

    /// <summary>Ends the event that was started last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void End()
    {
        Span<byte> head = _data.AsSpan(_eventStart);
        int length = _length - _payloadStart;
        int key = head[0];
        if (key >> KeyBits == 0)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)(key | (length << KeyBits)));
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(head[2..], length);
        }
    }

    /// <summary>Writes a text. An empty text is stored as missing.</summary>
    public void WriteText(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            WriteUInt16(NoText);
            return;
        }

        bool isCached = text.Length <= MaxCachedText;
        ref (int Place, int Start, int Length) cached = ref _textCache[isCached ? TextHash(text) : 0];
        int distance = _length - cached.Place;
        if (cached.Length == text.Length && distance <= ushort.MaxValue && text.SequenceEqual(_data.AsSpan(cached.Start, cached.Length)))
        {
            WriteUInt16(distance);
            return;
        }

        WriteUInt16(TextFollows);
        int place = _length;
        WriteVarint((uint)text.Length);
        if (isCached)
        {
            cached = (place, _length, text.Length);
        }

        text.CopyTo(_data.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Writes a group of numbers.</summary>
    /// <param name="micros">At most <see cref="GroupSize"/> numbers in micros; 0 for a missing number.</param>
    /// <param name="present">Bit <c>1 &lt;&lt; i</c> is set when number <c>i</c> is present.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteNumbers(ReadOnlySpan<long> micros, uint present) =>
        _length += NumberGroup.Write(_data.AsSpan(_length), micros, present);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TextHash(ReadOnlySpan<byte> text)
    {
        uint hash = (uint)text.Length;
        if (text.Length >= 4)
        {
            hash += (BinaryPrimitives.ReadUInt32LittleEndian(text) * 31) + BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]);
        }
        else
        {
            hash += (text[0] * 31u) + text[^1];
        }

        return (int)((hash * 0x9E3779B1u) >> 26);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Start(int key, long reserved, long maxPayload)
    {
        Reserve(reserved + MaxHeadBytes);
        _eventStart = _length;
        if (maxPayload < LongLength)
        {
            WriteUInt16(key);
        }
        else
        {
            WriteUInt16(key | (LongLength << KeyBits));
            _length += 4;
        }

        _payloadStart = _length;
    }

    private void WriteDay(int day)
    {
        long difference = (long)day - _day;
        WriteVarint((ulong)((difference << 1) ^ (difference >> 63)));
        _day = day;
        _payloadStart = _length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteUInt16(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_data.AsSpan(_length), (ushort)value);
        _length += 2;
    }

    private void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            _data[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _data[_length++] = (byte)value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(long bytes)
    {
        if (_length + bytes > _data.Length)
        {
            Grow(_length + bytes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(long needed)
    {
        byte[] larger = _memory.Rent(needed);
        _data.AsSpan(0, _length).CopyTo(larger);
        _memory.Return(_data);
        _data = larger;
    }
}
