using System.Buffers;
using System.Runtime.CompilerServices;

namespace FastIngest.Health;

/// <summary>
/// A batch of finished rows and user profiles in key order, with one shared text buffer. A profile is delivered no later
/// than the rows of its user. The reducer fills a batch, sinks read it, then it is reset and reused. Not thread-safe; a
/// batch has one owner at a time.
/// </summary>
/// <param name="rowCapacity">Initial capacity in rows; the batch grows on demand.</param>
/// <param name="textCapacity">Initial capacity of the text buffer in bytes; it grows on demand.</param>
public sealed class SummaryBatch(int rowCapacity = 64, int textCapacity = 16 * 1024) : IBufferWriter<byte>
{
    private static readonly DailySummary EmptyRow = MakeEmptyRow();

    private DailySummary[] _rows = new DailySummary[rowCapacity];
    private UserProfile[] _users = new UserProfile[16];
    private byte[] _text = GC.AllocateUninitializedArray<byte>(textCapacity);

    public int RowCount { get; private set; }

    public int UserCount { get; private set; }

    /// <summary>Bytes written to the text buffer so far; the next text starts here.</summary>
    public int TextLength { get; private set; }

    public ReadOnlySpan<DailySummary> Rows => _rows.AsSpan(0, RowCount);

    public ReadOnlySpan<UserProfile> Users => _users.AsSpan(0, UserCount);

    /// <summary>The bytes of a text; empty for a null text.</summary>
    public ReadOnlySpan<byte> Text(TextRef text) => text.IsNull ? default : _text.AsSpan(text.Start, text.Length);

    /// <summary>Adds an empty row (counts 0, numbers and texts null) for the caller to fill in place.</summary>
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

    /// <summary>Copies a text into the text buffer and returns its place.</summary>
    public TextRef AddText(ReadOnlySpan<byte> text)
    {
        text.CopyTo(GetSpan(text.Length));
        TextRef result = new(TextLength, text.Length);
        Advance(text.Length);
        return result;
    }

    /// <summary>The text from byte <paramref name="start"/> of the text buffer to <see cref="TextLength"/>.</summary>
    public TextRef TextSince(int start) => new(start, TextLength - start);

    public void Advance(int count) => TextLength += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>All texts of the batch.</summary>
    public ReadOnlySpan<byte> AllText => _text.AsSpan(0, TextLength);

    /// <summary>Replaces the content by that of another batch, which the caller writes into the places.</summary>
    /// <param name="rowCount">The number of its rows.</param>
    /// <param name="userCount">The number of its users.</param>
    /// <param name="textBytes">The length of its <see cref="AllText"/>.</param>
    /// <param name="rows">The place of its rows.</param>
    /// <param name="users">The place of its users.</param>
    /// <param name="text">The place of its texts.</param>
    public void Refill(int rowCount, int userCount, int textBytes, out Span<DailySummary> rows, out Span<UserProfile> users, out Span<byte> text)
    {
        Reset();
        _rows = _rows.Length < rowCount ? new DailySummary[rowCount] : _rows;
        _users = _users.Length < userCount ? new UserProfile[userCount] : _users;
        (RowCount, UserCount) = (rowCount, userCount);
        text = GetSpan(textBytes)[..textBytes];
        Advance(textBytes);
        rows = _rows.AsSpan(0, rowCount);
        users = _users.AsSpan(0, userCount);
    }

    /// <summary>Removes all rows, users and texts. Keeps the memory for reuse, except a text buffer that one unusually large row enlarged.</summary>
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
            throw new IngestException("A batch of daily summaries needs more than 2 GiB of text.", "Reduce the number or the size of the records of one user on one day.");
        }
    }
}
