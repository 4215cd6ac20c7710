using FastIngest.Storage.Postgres.Copy;

namespace FastIngest.Storage.Postgres.Entries;

/// <summary>A page of stored records, each with its entry, as tuples of COPY in one buffer.</summary>
internal sealed class StoredPage
{
    private const int MaxRows = 10_000, FullBytes = 4 << 20;

    private readonly List<int> _ends = [];
    private byte[] _bytes = new byte[FullBytes / 4];
    private int _length;

    /// <summary>The id after which the page begins.</summary>
    public long After { get; private set; }

    /// <summary>The number of rows that a query for the page may return.</summary>
    public int Limit { get; private set; } = MaxRows;

    public int Count => _ends.Count;

    /// <summary>Whether the page takes no more rows.</summary>
    public bool IsFull => _length >= FullBytes;

    /// <summary>Whether no record follows this page.</summary>
    public bool IsLast => Count < Limit && !IsFull;

    /// <summary>The tuple with the given index.</summary>
    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan((index == 0 ? 0 : _ends[index - 1]).._ends[index]);

    /// <summary>Clears the page. It will hold the records after an id.</summary>
    public void Begin(long after)
    {
        After = after;
        Clear();
    }

    /// <summary>
    /// Clears the page, which will hold the records after the last one of another page. Rows that a server sends beyond the size
    /// of a page are discarded. Therefore fewer rows are requested while records are long.
    /// </summary>
    public void BeginAfter(StoredPage page)
    {
        CopyTupleReader last = CopyTupleReader.OfTuple(page[^1]);
        Limit = Math.Max(1, (int)Math.Min(MaxRows, 2L * page.Count));
        Begin(last.Int8());
    }

    /// <summary>Removes all rows, for example those that were read before the connection broke.</summary>
    public void Clear()
    {
        _ends.Clear();
        _length = 0;
        if (_bytes.Length > 4 * FullBytes)
        {
            // Release the memory that a huge record needed.
            _bytes = new byte[FullBytes];
        }
    }

    public void Add(ReadOnlySpan<byte> tuple)
    {
        if (_bytes.Length - _length < tuple.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)_length + tuple.Length)));
        }

        tuple.CopyTo(_bytes.AsSpan(_length));
        _length += tuple.Length;
        _ends.Add(_length);
    }
}
