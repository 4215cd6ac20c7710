namespace FastIngest.Storage.Columns.Parquet;

/// <summary>The different texts of a column of a group, in the order in which they occur first, and for each value the index of its text.</summary>
internal sealed class TextDictionary
{
    private const int MaxBytes = 1 << 20, MaxTexts = 1 << 15, None = -1;

    private readonly int[] _slots = new int[2 * MaxTexts];
    private readonly List<int> _rows = [], _hashes = [];
    private int[] _indexes = [];
    private int _bytes;

    /// <summary>The number of different texts.</summary>
    public int Count => _rows.Count;

    /// <summary>The index of the text of each value; 0 for a missing one.</summary>
    public ReadOnlySpan<int> Indexes => _indexes;

    /// <summary>A value that has the text at an index.</summary>
    public int RowOf(int index) => _rows[index];

    /// <summary>Reads the texts of a column; false if there are too many different ones for a dictionary.</summary>
    public bool TryRead(ColumnValues values)
    {
        Array.Fill(_slots, None);
        _rows.Clear();
        _hashes.Clear();
        _bytes = 0;
        if (_indexes.Length < values.Count)
        {
            _indexes = new int[values.Count];
        }

        int last = None;
        for (int row = 0; row < values.Count; row++)
        {
            if (values.IsNull(row))
            {
                _indexes[row] = 0;
                continue;
            }

            ReadOnlySpan<byte> text = values.Text(row);
            if (last == None || !values.Text(_rows[last]).SequenceEqual(text))
            {
                last = IndexOf(values, row, text);
                if (_bytes > MaxBytes || _rows.Count > MaxTexts)
                {
                    return false;
                }
            }

            _indexes[row] = last;
        }

        return true;
    }

    private int IndexOf(ColumnValues values, int row, ReadOnlySpan<byte> text)
    {
        HashCode code = default;
        code.AddBytes(text);
        int hash = code.ToHashCode();
        int slot = hash & (_slots.Length - 1);
        for (; _slots[slot] != None; slot = (slot + 1) & (_slots.Length - 1))
        {
            int index = _slots[slot];
            if (_hashes[index] == hash && values.Text(_rows[index]).SequenceEqual(text))
            {
                return index;
            }
        }

        _slots[slot] = _rows.Count;
        _rows.Add(row);
        _hashes.Add(hash);
        _bytes += text.Length;
        return _rows.Count - 1;
    }
}
