namespace FastIngest.Lexicon;

/// <summary>
/// Records of one file in file order, together with their entries. The feed adds the records, a cleaner adds the entries, the
/// sink reads them, and the batch is reused. Not thread-safe; a batch has one owner at a time.
/// </summary>
/// <param name="inputCapacity">Initial capacity for record bytes; see <see cref="GrowInput"/>.</param>
public sealed class EntryBatch(int inputCapacity = 64 * 1024)
{
    private const int TextCapacity = 64 * 1024;

    private byte[] _input = GC.AllocateUninitializedArray<byte>(inputCapacity);
    private byte[] _text = GC.AllocateUninitializedArray<byte>(TextCapacity);
    private EntryRow[] _rows = new EntryRow[64];
    private int _textLength;

    /// <summary>The 0-based index of the file in the run.</summary>
    public int FileIndex { get; set; }

    /// <summary>The path of the file as named by the user.</summary>
    public string File { get; set; } = "";

    /// <summary>The number of bytes of the file that this batch covers; compressed bytes for a compressed file.</summary>
    public long FileBytes { get; set; }

    public int RowCount { get; private set; }

    /// <summary>The total size of the cleaned texts in bytes.</summary>
    public int TextLength => _textLength;

    public Span<EntryRow> Rows => _rows.AsSpan(0, RowCount);

    /// <summary>The whole input buffer; <see cref="GrowInput"/> enlarges it.</summary>
    public Span<byte> Input => _input;

    /// <summary>Adds a record whose bytes are in <see cref="Input"/>.</summary>
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

    /// <summary>Copies an entry with its texts from another batch, without the bytes of its record.</summary>
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

    /// <summary>Enlarges <see cref="Input"/> to at least <paramref name="capacity"/> bytes; its content is preserved.</summary>
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

    /// <summary>The stored entry of a row; empty when there is none.</summary>
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

    /// <summary>A cleaned text; empty means null, since cleaned texts are never empty.</summary>
    public ReadOnlySpan<byte> Text(in EntryRow row, EntryColumn column)
    {
        TextRef text = row.Texts[(int)column];
        return text.IsNull ? default : _text.AsSpan(text.Start, text.Length);
    }

    /// <summary>Removes all records and entries. The memory is kept for reuse, except buffers that an unusually large record enlarged.</summary>
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
