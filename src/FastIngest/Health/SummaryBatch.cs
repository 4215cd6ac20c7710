using System.Buffers;

namespace FastIngest.Health;

/// <summary>
/// A run of finished rows, and the profiles of users whose rows come no earlier than these, both in key order,
/// with one shared text buffer. The reducer fills it, sinks read it, then it is reset and filled again.
/// Not thread-safe; a batch has one owner at a time.
/// </summary>
/// <param name="rowCapacity">Rows there is room for at once; there is always room for more.</param>
/// <param name="textCapacity">Bytes of text there is room for at once.</param>
public sealed class SummaryBatch(int rowCapacity = 64, int textCapacity = 16 * 1024) : IBufferWriter<byte>
{
    private static readonly DailySummary EmptyRow = MakeEmptyRow();

    private DailySummary[] _rows = new DailySummary[rowCapacity];
    private UserProfile[] _users = new UserProfile[16];
    private byte[] _text = GC.AllocateUninitializedArray<byte>(textCapacity);

    public int RowCount { get; private set; }

    public int UserCount { get; private set; }

    /// <summary>Bytes written to the text buffer so far: where the next text will start.</summary>
    public int TextLength { get; private set; }

    public ReadOnlySpan<DailySummary> Rows => _rows.AsSpan(0, RowCount);

    public ReadOnlySpan<UserProfile> Users => _users.AsSpan(0, UserCount);

    /// <summary>The bytes of a text; empty when it is null.</summary>
    public ReadOnlySpan<byte> Text(TextRef text) => text.IsNull ? default : _text.AsSpan(text.Start, text.Length);

    /// <summary>Adds a cleared row (no record: counts 0, numbers and texts null) to be filled in place.</summary>
    public ref DailySummary AddRow()
    {
        if (RowCount == _rows.Length)
        {
            Array.Resize(ref _rows, RowCount * 2);
        }

        ref DailySummary row = ref _rows[RowCount++];
        row = EmptyRow;
        return ref row;
    }

    public void AddUser(in UserProfile user)
    {
        if (UserCount == _users.Length)
        {
            Array.Resize(ref _users, UserCount * 2);
        }

        _users[UserCount++] = user;
    }

    /// <summary>Copies a text into the buffer.</summary>
    public TextRef AddText(ReadOnlySpan<byte> text)
    {
        text.CopyTo(GetSpan(text.Length));
        TextRef result = new(TextLength, text.Length);
        Advance(text.Length);
        return result;
    }

    /// <summary>The text from <paramref name="start"/> to the end of what was written.</summary>
    public TextRef TextSince(int start) => new(start, TextLength - start);

    public void Advance(int count) => TextLength += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_text.Length - TextLength < Math.Max(1, sizeHint))
        {
            Grow(sizeHint);
        }

        return _text.AsSpan(TextLength);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        GetSpan(sizeHint);
        return _text.AsMemory(TextLength);
    }

    /// <summary>Forgets all rows, users and texts; keeps the memory, but not that of an uncommonly large row.</summary>
    public void Reset()
    {
        RowCount = 0;
        UserCount = 0;
        TextLength = 0;
        if (_text.Length > 2L * textCapacity)
        {
            _text = GC.AllocateUninitializedArray<byte>(textCapacity);
        }
    }

    private static DailySummary MakeEmptyRow()
    {
        DailySummary row = default;
        ((Span<double>)row.Numbers).Fill(double.NaN);
        ((Span<TextRef>)row.Texts).Fill(TextRef.Null);
        foreach (SummaryColumn column in SummaryColumn.All)
        {
            if (column.Kind == ColumnKind.Count)
            {
                row.Numbers[column.Slot] = 0;
            }
        }

        return row;
    }

    private void Grow(int sizeHint)
    {
        long size = Math.Max(_text.Length * 2L, TextLength + (long)sizeHint);
        Array.Resize(ref _text, (int)Math.Min(Math.Max(size, sizeHint), Array.MaxLength));
        if (_text.Length - TextLength < sizeHint)
        {
            throw new IngestException("A day's summary is larger than 2 GB.", "Split the day's records over fewer rows.");
        }
    }
}
