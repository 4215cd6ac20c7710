using System.Buffers.Binary;
using System.Numerics;
using FastIngest.Proto;

namespace FastIngest.Storage.Columns.Parquet;

/// <summary>Writes the content of pages: whether each value is there, and then those that are.</summary>
internal sealed class ParquetPages
{
    /// <summary>Encodings.</summary>
    public const int Plain = 0, Rle = 3, RleDictionary = 8;

    private const int MaxRows = 16_384, MaxBytes = 1 << 20;

    /// <summary>Pages begin at multiples of this, so that the bits of missing values are copied as bytes.</summary>
    private const int RowStep = 8;

    private readonly WireWriter _page = new();
    private readonly TextDictionary _dictionary = new();
    private int[] _indexes = [];
    private ColumnValues? _values;
    private int _bits;

    /// <summary>The content of the page that was written last.</summary>
    public ReadOnlySpan<byte> Page => _page.Written;

    /// <summary>Whether values are indexes of the dictionary.</summary>
    public bool HasDictionary { get; private set; }

    /// <summary>The number of texts in the dictionary.</summary>
    public int DictionaryCount => _dictionary.Count;

    /// <summary>Begins with a column of a group.</summary>
    public void Begin(ColumnValues values)
    {
        _values = values;
        HasDictionary = values.Column.HasFewTexts && values.NullCount < values.Count && _dictionary.TryRead(values);
        _bits = HasDictionary ? BitOperations.Log2((uint)_dictionary.Count - 1 | 1) + 1 : 0;
    }

    /// <summary>Writes the page of the dictionary.</summary>
    public void WriteDictionary()
    {
        _page.Clear();
        for (int i = 0; i < _dictionary.Count; i++)
        {
            WriteText(_values!.Text(_dictionary.RowOf(i)));
        }
    }

    /// <summary>Writes the page that begins with a row, and returns where it ends.</summary>
    public int Write(int from)
    {
        ColumnValues values = _values!;
        int to = EndOfPage(values, from);
        _page.Clear(MaxBytes * 2);
        if (values.Column.IsNullable)
        {
            WritePresence(values, from, to);
        }

        if (HasDictionary)
        {
            WriteIndexes(values, from, to);
        }
        else if (values.NullCount == 0 && values.Width > 0)
        {
            _page.Raw(values.Data.Span[(from * values.Width)..(to * values.Width)]);
        }
        else
        {
            WritePlain(values, from, to);
        }

        return to;
    }

    private int EndOfPage(ColumnValues values, int from)
    {
        int to = Math.Min(values.Count, from + MaxRows);
        if (values.Width == 0 && !HasDictionary)
        {
            int end = from;
            while (end < to && values.End(end) - values.End(from) < MaxBytes)
            {
                end = Math.Min(to, end + RowStep);
            }

            return end;
        }

        return to;
    }

    /// <summary>Writes one bit for each value: 1 for one that is there. Its length comes first.</summary>
    private void WritePresence(ColumnValues values, int from, int to)
    {
        WireWriter levels = new();
        if (values.NullCount == 0)
        {
            levels.Varint((ulong)(to - from) << 1);
            levels.Raw([1]);
        }
        else
        {
            HybridWriter.WriteBits(levels, values.Validity.Span[(from / RowStep)..((to + RowStep - 1) / RowStep)]);
        }

        WriteLength(levels.Length);
        _page.Raw(levels.Written);
    }

    private void WriteIndexes(ColumnValues values, int from, int to)
    {
        if (_indexes.Length < to - from)
        {
            _indexes = new int[to - from];
        }

        int count = 0;
        for (int row = from; row < to; row++)
        {
            if (!values.IsNull(row))
            {
                _indexes[count++] = _dictionary.Indexes[row];
            }
        }

        _page.Raw([(byte)_bits]);
        HybridWriter.Write(_page, _indexes.AsSpan(0, count), _bits);
    }

    private void WritePlain(ColumnValues values, int from, int to)
    {
        for (int row = from; row < to; row++)
        {
            if (values.IsNull(row))
            {
                continue;
            }

            if (values.Width > 0)
            {
                _page.Raw(values.Value(row));
            }
            else
            {
                WriteText(values.Text(row));
            }
        }
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        WriteLength(text.Length);
        _page.Raw(text);
    }

    private void WriteLength(int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        _page.Raw(bytes);
    }
}
