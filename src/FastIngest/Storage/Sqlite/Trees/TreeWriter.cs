using System.Buffers.Binary;

namespace FastIngest.Storage.Sqlite.Trees;

/// <summary>
/// Builds the tree of a table WITHOUT ROWID from rows in key order. When a page is full, it is written, and its last row moves up
/// into the page above, where it stands between this page and the next one:
/// <code>
/// level 1                [ row 4 │ row 9 │ ... ]
///                       ╱        │        ╲
/// level 0   [ rows 1 2 3 ] [ rows 5 6 7 8 ] [ rows 10 ... ]
/// </code>
/// Each level holds one page in memory. SQLite checks nothing here: a row that is out of order would never be found again, so the
/// caller checks the keys.
/// </summary>
/// <param name="pages">Receives the pages.</param>
/// <param name="root">The number of the table's root page, which exists.</param>
internal sealed class TreeWriter(PageWriter pages, uint root)
{
    /// <summary>
    /// The levels that have a page from the start. A page above others holds whole rows, too, about forty of them, so that so many levels
    /// are enough for two million rows.
    /// </summary>
    private const int UsualLevels = 4;

    // A row that is longer than `_maxLocal` has only a part of its bytes in its page. SQLite chooses the sizes so that a page of a
    // tree has room for at least four rows.
    private readonly int _maxLocal = ((pages.PageBytes - 12) * 64 / 255) - 23, _minLocal = ((pages.PageBytes - 12) * 32 / 255) - 23;

    private readonly List<TreePage> _levels = [.. Enumerable.Range(0, UsualLevels).Select(level => new TreePage(pages.PageBytes, isLeaf: level == 0))];
    private readonly byte[] _overflow = new byte[pages.PageBytes];
    private int _height = 1;

    /// <summary>Adds the row with the next key.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        int local = LocalBytes(row.Length);
        int cellBytes = Varint.Length((ulong)row.Length) + local + (local < row.Length ? sizeof(uint) : 0);
        Span<byte> cell = Reserve(0, cellBytes);
        int written = Varint.Write(cell, (ulong)row.Length);
        row[..local].CopyTo(cell[written..]);
        if (local < row.Length)
        {
            BinaryPrimitives.WriteUInt32BigEndian(cell[(written + local)..], WriteOverflow(row[local..]));
        }
    }

    /// <summary>Writes the pages that are left, the root last.</summary>
    public void Finish()
    {
        for (int i = 0; i < _height - 1; i++)
        {
            _levels[i + 1].RightChild = pages.Append(_levels[i].Complete());
        }

        pages.Replace(root, _levels[_height - 1].Complete());
    }

    private int LocalBytes(int length)
    {
        if (length <= _maxLocal)
        {
            return length;
        }

        int fitting = _minLocal + ((length - _minLocal) % (pages.PageBytes - sizeof(uint)));
        return fitting <= _maxLocal ? fitting : _minLocal;
    }

    /// <summary>Makes room for a cell; writes the page of the level if it is full.</summary>
    private Span<byte> Reserve(int level, int cellBytes)
    {
        Span<byte> cell = _levels[level].Reserve(cellBytes);
        if (cell.IsEmpty)
        {
            Split(level);
            cell = _levels[level].Reserve(cellBytes);
        }

        return cell;
    }

    private void Split(int level)
    {
        TreePage full = _levels[level];
        ReadOnlySpan<byte> last = full.RemoveLast();
        if (level > 0)
        {
            full.RightChild = BinaryPrimitives.ReadUInt32BigEndian(last);
            last = last[sizeof(uint)..];
        }

        _height = Math.Max(_height, level + 2);
        if (_height > _levels.Count)
        {
            _levels.Add(new TreePage(pages.PageBytes, isLeaf: false));
        }

        Span<byte> divider = Reserve(level + 1, sizeof(uint) + last.Length);
        last.CopyTo(divider[sizeof(uint)..]);
        BinaryPrimitives.WriteUInt32BigEndian(divider, pages.Append(full.Complete()));
        full.Clear();
    }

    /// <summary>Writes the rest of a row to pages of its own and returns the number of the first.</summary>
    private uint WriteOverflow(ReadOnlySpan<byte> rest)
    {
        uint first = pages.Next;
        while (!rest.IsEmpty)
        {
            int length = Math.Min(rest.Length, _overflow.Length - sizeof(uint));
            bool isLast = length == rest.Length;
            BinaryPrimitives.WriteUInt32BigEndian(_overflow, isLast ? 0 : pages.After(pages.Next));
            rest[..length].CopyTo(_overflow.AsSpan(sizeof(uint)));
            _overflow.AsSpan(sizeof(uint) + length).Clear();
            _ = pages.Append(_overflow);
            rest = rest[length..];
        }

        return first;
    }
}
