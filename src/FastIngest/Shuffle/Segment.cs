using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace FastIngest.Shuffle;

/// <summary>
/// The events that one chunk has for one partition, appended as compact bytes that <see cref="SegmentReader"/> reads
/// back anywhere: they say everything themselves and refer to nothing outside.
/// <code>
/// event:   head, [user], [day], length, payload
/// head:    bits 0-1  key: 0 as before, 1 another day, 2 another user and day     bit 2  length has 4 bytes, else 1
/// user:    varint length, bytes         day: zigzag varint, difference to the day before
/// text:    varint 0 none; 1 then varint length, bytes; else the distance back to where such a length stands
/// number:  varint zigzag(digits) &lt;&lt; 3 | 1 + decimals; 0 none; 8 then 8 bytes, little-endian millionths
/// </code>
/// </summary>
public sealed class Segment
{
    internal const int SameKey = 0, NewDay = 1, NewUser = 2, LongLength = 4;
    internal const int RawNumber = 8;

    /// <summary>The most bytes a number takes.</summary>
    public const int MaxNumberBytes = 10;

    private const int TextCacheSize = 64;
    private const int MaxCachedText = 64;

    private readonly int[] _textCache = new int[TextCacheSize];
    private byte[] _data = new byte[1024];
    private int _length;
    private int _userStart;
    private int _userLength = -1;
    private int _day;
    private int _lengthPlace;
    private bool _longLength;

    public ReadOnlySpan<byte> Bytes => _data.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        _userLength = -1;
        _day = 0;
        Array.Clear(_textCache);
    }

    /// <summary>The most bytes a text takes.</summary>
    public static int MaxTextBytes(int length) => length + 10;

    /// <summary>Starts an event; its payload follows, of at most <paramref name="maxPayload"/> bytes.</summary>
    public void Begin(ReadOnlySpan<byte> user, int day, int maxPayload)
    {
        Reserve(user.Length + 32L + maxPayload);
        _longLength = maxPayload > byte.MaxValue;
        int head = _longLength ? LongLength : 0;
        bool sameUser = _userLength == user.Length && user.SequenceEqual(_data.AsSpan(_userStart, _userLength));
        if (!sameUser)
        {
            _data[_length++] = (byte)(head | NewUser);
            WriteVarint((uint)user.Length);
            _userStart = _length;
            _userLength = user.Length;
            user.CopyTo(_data.AsSpan(_length));
            _length += user.Length;
            WriteVarint(ZigZag((long)day - _day));
        }
        else if (day != _day)
        {
            _data[_length++] = (byte)(head | NewDay);
            WriteVarint(ZigZag((long)day - _day));
        }
        else
        {
            _data[_length++] = (byte)head;
        }

        _day = day;
        _lengthPlace = _length;
        _length += _longLength ? 4 : 1;
    }

    /// <summary>Ends the event that was begun last.</summary>
    public void End()
    {
        if (_longLength)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_data.AsSpan(_lengthPlace), _length - _lengthPlace - 4);
        }
        else
        {
            _data[_lengthPlace] = (byte)(_length - _lengthPlace - 1);
        }
    }

    public void WriteNoText() => _data[_length++] = 0;

    public void WriteText(ReadOnlySpan<byte> text)
    {
        ref int cached = ref Unsafe.NullRef<int>();
        // An empty text is as short as a distance, and two in a row would be 1 apart, which says something else.
        if (text.Length is > 0 and <= MaxCachedText)
        {
            cached = ref _textCache[TextHash(text)];
            if (cached > 0 && _data[cached] == text.Length && _data.AsSpan(cached + 1, text.Length).SequenceEqual(text))
            {
                WriteVarint((uint)(_length - cached));
                return;
            }
        }

        _data[_length++] = 1;
        if (!Unsafe.IsNullRef(ref cached))
        {
            cached = _length;
        }

        WriteVarint((uint)text.Length);
        text.CopyTo(_data.AsSpan(_length));
        _length += text.Length;
    }

    public void WriteNoNumber() => _data[_length++] = 0;

    /// <param name="millionths">Within ±9.2·10^18.</param>
    public void WriteNumber(long millionths)
    {
        int decimals = 6;
        long digits = millionths;
        if (digits % 1_000_000 == 0)
        {
            digits /= 1_000_000;
            decimals = 0;
        }
        else
        {
            for (long shorter = digits / 10; shorter * 10 == digits; shorter = digits / 10)
            {
                digits = shorter;
                decimals--;
            }
        }

        ulong zigzag = ZigZag(digits);
        if (zigzag >> 61 == 0)
        {
            WriteVarint((zigzag << 3) | (uint)(decimals + 1));
        }
        else
        {
            _data[_length++] = RawNumber;
            BinaryPrimitives.WriteInt64LittleEndian(_data.AsSpan(_length), millionths);
            _length += 8;
        }
    }

    public void WriteCount(long count) => WriteVarint((ulong)count);

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static int TextHash(ReadOnlySpan<byte> text)
    {
        uint hash = (uint)text.Length;
        if (text.Length >= 4)
        {
            hash += (BinaryPrimitives.ReadUInt32LittleEndian(text) * 31) + BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]);
        }
        else if (text.Length > 0)
        {
            hash += (text[0] * 31u) + text[^1];
        }

        return (int)((hash * 0x9E3779B1u) >> 26);
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

    private void Reserve(long bytes)
    {
        long needed = _length + bytes;
        if (needed > _data.Length)
        {
            Array.Resize(ref _data, (int)Math.Min(Math.Max(needed, _data.Length * 2L), Array.MaxLength));
        }
    }
}
