using System.Buffers.Binary;

namespace FastIngest.Shuffle;

/// <summary>Assigns consecutive numbers to distinct byte strings, from 0 in the order of insertion. Not thread-safe.</summary>
public sealed class ByteStringTable
{
    private int[] _buckets = new int[64];
    private (int Start, int Length, uint Hash)[] _entries = new (int, int, uint)[32];
    private byte[] _bytes = new byte[1024];
    private int _byteCount;
    private readonly ulong _seed = RandomNumber();
    private readonly ulong _multiplier = RandomNumber() | 1;

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_entries[index].Start, _entries[index].Length);

    /// <summary>Returns the number of a string; adds the string if it is new.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        uint hash = Hash(text);
        int mask = _buckets.Length - 1;
        int bucket = (int)hash & mask;
        for (; _buckets[bucket] != 0; bucket = (bucket + 1) & mask)
        {
            int index = _buckets[bucket] - 1;
            if (_entries[index].Hash == hash && text.SequenceEqual(this[index]))
            {
                return index;
            }
        }

        if (Count == _entries.Length)
        {
            Grow();
            return Add(text);
        }

        if (_bytes.Length - _byteCount < text.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _byteCount + text.Length));
        }

        text.CopyTo(_bytes.AsSpan(_byteCount));
        _entries[Count] = (_byteCount, text.Length, hash);
        _byteCount += text.Length;
        _buckets[bucket] = ++Count;
        return Count - 1;
    }

    public void Clear()
    {
        // After one large set, the sets of many small days must not cost its size each. A string is found past those that were added before it,
        // so that the last one is removed first.
        if (Count < _buckets.Length / 16)
        {
            int mask = _buckets.Length - 1;
            for (int index = Count - 1; index >= 0; index--)
            {
                int bucket = (int)_entries[index].Hash & mask;
                while (_buckets[bucket] != index + 1)
                {
                    bucket = (bucket + 1) & mask;
                }

                _buckets[bucket] = 0;
            }
        }
        else
        {
            Array.Clear(_buckets);
        }

        Count = 0;
        _byteCount = 0;
    }

    private static ulong RandomNumber() => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = new int[_entries.Length * 2];
        int mask = _buckets.Length - 1;
        for (int index = 0; index < Count; index++)
        {
            int bucket = (int)_entries[index].Hash & mask;
            while (_buckets[bucket] != 0)
            {
                bucket = (bucket + 1) & mask;
            }

            _buckets[bucket] = index + 1;
        }
    }

    /// <summary>
    /// A hash with a random seed, so that nobody can craft colliding input. It costs one multiplication per eight bytes,
    /// since ids are short.
    /// </summary>
    private uint Hash(ReadOnlySpan<byte> text)
    {
        ulong hash = _seed ^ (ulong)text.Length;
        while (text.Length > 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text), _multiplier);
            text = text[8..];
        }

        return (uint)Mix(hash ^ LastBytes(text), _multiplier);
    }

    private static ulong Mix(ulong one, ulong other)
    {
        ulong high = Math.BigMul(one, other, out ulong low);
        return high ^ low;
    }

    /// <summary>Packs up to eight bytes into one number. Different texts of the same length give different numbers.</summary>
    private static ulong LastBytes(ReadOnlySpan<byte> text) => text.Length switch
    {
        >= 4 => ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(text) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]),
        > 0 => ((ulong)text[0] << 16) | ((ulong)text[text.Length / 2] << 8) | text[^1],
        _ => 0,
    };
}
