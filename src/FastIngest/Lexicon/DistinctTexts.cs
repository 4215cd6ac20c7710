namespace FastIngest.Lexicon;

/// <summary>
/// Detects repeated texts in a buffer with a hash table. The hash function has a random seed per process, so that nobody
/// can craft input with many collisions.
/// </summary>
internal sealed class DistinctTexts
{
    private const int InitialSize = 64, MaxRetainedSize = 32 * 1024;

    private readonly List<Place> _texts = [];

    // Indexes of texts plus 1; 0 is empty. The table has at least twice as many slots as there are texts.
    private int[] _table = new int[InitialSize];

    public int Count => _texts.Count;

    public void Clear()
    {
        if (_table.Length > MaxRetainedSize)
        {
            _table = new int[InitialSize];
            _texts.Clear();
            _texts.TrimExcess();
            return;
        }

        foreach (Place text in _texts)
        {
            for (int i = text.Hash & (_table.Length - 1); _table[i] != 0; i = (i + 1) & (_table.Length - 1))
            {
                _table[i] = 0;
            }
        }

        _texts.Clear();
    }

    /// <summary>Adds the text from <paramref name="start"/> to the end of the buffer; false if the same text was added before.</summary>
    public bool Add(ReadOnlySpan<byte> buffer, int start)
    {
        ReadOnlySpan<byte> text = buffer[start..];
        HashCode hashCode = default;
        hashCode.AddBytes(text);
        Place added = new(start, text.Length, hashCode.ToHashCode());
        int place = added.Hash & (_table.Length - 1);
        for (; _table[place] != 0; place = (place + 1) & (_table.Length - 1))
        {
            Place known = _texts[_table[place] - 1];
            if (known.Hash == added.Hash && text.SequenceEqual(buffer.Slice(known.Start, known.Length)))
            {
                return false;
            }
        }

        _texts.Add(added);
        _table[place] = _texts.Count;
        if (2 * _texts.Count >= _table.Length)
        {
            Grow();
        }

        return true;
    }

    private void Grow()
    {
        _table = new int[2 * _table.Length];
        for (int i = 0; i < _texts.Count; i++)
        {
            int place = _texts[i].Hash & (_table.Length - 1);
            while (_table[place] != 0)
            {
                place = (place + 1) & (_table.Length - 1);
            }

            _table[place] = i + 1;
        }
    }

    private readonly record struct Place(int Start, int Length, int Hash);
}
