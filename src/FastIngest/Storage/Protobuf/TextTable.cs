using FastIngest.Proto;

namespace FastIngest.Storage.Protobuf;

/// <summary>
/// The texts of a batch, each once. A text above <see cref="ProtoFormat.SharedTextBytes"/> is added anew after
/// <see cref="ProtoFormat.SharedUses"/> uses, so that the uses of long texts have no more bytes than readers accept.
/// </summary>
internal sealed class TextTable
{
    private const int NoEntry = 0;

    private byte[] _bytes = new byte[4096];
    private int[] _ends = new int[256];
    private int[] _hashes = new int[256];
    private byte[] _uses = new byte[256];
    private int[] _slots = new int[512];
    private int _count = 1;

    /// <summary>The bytes of all texts.</summary>
    public int Bytes => _ends[_count - 1];

    public void Clear()
    {
        if (_count > 1)
        {
            Array.Clear(_slots);
        }

        _count = 1;
    }

    /// <summary>Returns the index of a text, which is added if it is new; 0 for the empty text.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="guess">An index that is probably right, that of the record before; changed to the result.</param>
    public int IndexOf(ReadOnlySpan<byte> text, ref int guess)
    {
        if (text.IsEmpty)
        {
            return NoEntry;
        }

        if (guess < _count && guess != NoEntry && TryUse(guess, text))
        {
            return guess;
        }

        HashCode code = default;
        code.AddBytes(text);
        int hash = code.ToHashCode();
        int slot = hash & (_slots.Length - 1);
        while (_slots[slot] != NoEntry)
        {
            int found = _slots[slot];
            if (_hashes[found] == hash && TextAt(found).SequenceEqual(text))
            {
                return guess = TryUse(found, text) ? found : _slots[slot] = Add(text, hash);
            }

            slot = (slot + 1) & (_slots.Length - 1);
        }

        guess = _slots[slot] = Add(text, hash);
        if (_count * 2 > _slots.Length)
        {
            Grow();
        }

        return guess;
    }

    /// <summary>Writes all texts.</summary>
    public void Write(WireWriter writer, int field)
    {
        for (int i = 1; i < _count; i++)
        {
            writer.Bytes(field, TextAt(i));
        }
    }

    private ReadOnlySpan<byte> TextAt(int index) => _bytes.AsSpan(_ends[index - 1].._ends[index]);

    private bool TryUse(int index, ReadOnlySpan<byte> text)
    {
        if (!TextAt(index).SequenceEqual(text))
        {
            return false;
        }

        if (text.Length > ProtoFormat.SharedTextBytes)
        {
            if (_uses[index] == ProtoFormat.SharedUses)
            {
                return false;
            }

            _uses[index]++;
        }

        return true;
    }

    private int Add(ReadOnlySpan<byte> text, int hash)
    {
        int start = Bytes;
        if (_bytes.Length - start < text.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, start + text.Length));
        }

        if (_count == _ends.Length)
        {
            Array.Resize(ref _ends, _count * 2);
            Array.Resize(ref _hashes, _count * 2);
            Array.Resize(ref _uses, _count * 2);
        }

        text.CopyTo(_bytes.AsSpan(start));
        _ends[_count] = start + text.Length;
        _hashes[_count] = hash;
        _uses[_count] = 1;
        return _count++;
    }

    private void Grow()
    {
        int[] old = _slots;
        _slots = new int[old.Length * 2];
        foreach (int index in old)
        {
            if (index != NoEntry)
            {
                int slot = _hashes[index] & (_slots.Length - 1);
                while (_slots[slot] != NoEntry)
                {
                    slot = (slot + 1) & (_slots.Length - 1);
                }

                _slots[slot] = index;
            }
        }
    }
}
