namespace FastIngest.Lexicon;

/// <summary>
/// Records of one file in their order, as they were read and as entries. It goes from the feed, which adds the records, to a
/// cleaner, which adds the entries, to the sink, and back. Not thread-safe; a batch has one owner at a time.
/// </summary>
/// <param name="inputCapacity">Bytes of records there is room for at once; there is always room for more.</param>
public sealed class EntryBatch(int inputCapacity = 64 * 1024)
{
    private const int TextCapacity = 64 * 1024;

    private byte[] _input = GC.AllocateUninitializedArray<byte>(inputCapacity);
    private byte[] _text = GC.AllocateUninitializedArray<byte>(TextCapacity);
    private EntryRow[] _rows = new EntryRow[64];
    private int _textLength;

    /// <summary>The 0-based place of the file among those of the run.</summary>
    public int FileIndex { get; set; }

    /// <summary>The file as the user named it.</summary>
    public string File { get; set; } = "";

    /// <summary>Bytes of the file that this batch stands for; of a compressed one, compressed.</summary>
    public long FileBytes { get; set; }

    public int RowCount { get; private set; }

    /// <summary>Bytes of cleaned texts.</summary>
    public int TextLength => _textLength;

    public Span<EntryRow> Rows => _rows.AsSpan(0, RowCount);

    /// <summary>All there is room for; grows by <see cref="GrowInput"/>.</summary>
    public Span<byte> Input => _input;

    /// <summary>Adds a record that lies in <see cref="Input"/>.</summary>
    public ref EntryRow AddRow(int start, int length)
    {
        if (RowCount == _rows.Length)
        {
            Array.Resize(ref _rows, RowCount * 2);
        }

        ref EntryRow row = ref _rows[RowCount++];
        row = default;
        row.Raw = new TextRef(start, length);
        row.FileLength = length;
        row.Stored = TextRef.Null;
        return ref row;
    }

    /// <summary>Adds an entry of another batch with its texts, but without its record.</summary>
    public void AddCopy(EntryBatch from, in EntryRow row)
    {
        ref EntryRow copy = ref AddRow(0, 0);
        copy = row with { Raw = copy.Raw, Stored = TextRef.Null };
        for (int column = 0; column < EntryTextRefs.Count; column++)
        {
            if (!row.Texts[column].IsNull)
            {
                copy.Texts[column] = AddText(from.Text(row, (EntryColumn)column));
            }
        }
    }

    /// <summary>Makes room for more bytes; what is there stays.</summary>
    public void GrowInput(int capacity)
    {
        if (_input.Length < capacity)
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(capacity);
            _input.CopyTo(larger, 0);
            _input = larger;
        }
    }

    public ReadOnlySpan<byte> Raw(in EntryRow row) => _input.AsSpan(row.Raw.Start, row.Raw.Length);

    /// <summary>The stored entry; empty where there is none.</summary>
    public ReadOnlySpan<byte> Stored(in EntryRow row) => row.Stored.IsNull ? default : _input.AsSpan(row.Stored.Start, row.Stored.Length);

    public ReadOnlyMemory<byte> RawMemory(in EntryRow row) => _input.AsMemory(row.Raw.Start, row.Raw.Length);

    public TextRef AddText(ReadOnlySpan<byte> text)
    {
        if (_text.Length - _textLength < text.Length)
        {
            Array.Resize(ref _text, (int)Math.Min(Array.MaxLength, Math.Max(_text.Length * 2L, (long)_textLength + text.Length)));
        }

        text.CopyTo(_text.AsSpan(_textLength));
        _textLength += text.Length;
        return new TextRef(_textLength - text.Length, text.Length);
    }

    /// <summary>A cleaned text; empty where it is null, and no text is empty.</summary>
    public ReadOnlySpan<byte> Text(in EntryRow row, EntryColumn column)
    {
        TextRef text = row.Texts[(int)column];
        return text.IsNull ? default : _text.AsSpan(text.Start, text.Length);
    }

    /// <summary>Forgets everything; keeps the memory, but not that of an uncommonly large record.</summary>
    public void Reset()
    {
        RowCount = 0;
        FileBytes = 0;
        _textLength = 0;
        if (_input.Length > inputCapacity)
        {
            _input = GC.AllocateUninitializedArray<byte>(inputCapacity);
        }

        if (_text.Length > 2 << 20)
        {
            _text = GC.AllocateUninitializedArray<byte>(TextCapacity);
        }
    }
}
