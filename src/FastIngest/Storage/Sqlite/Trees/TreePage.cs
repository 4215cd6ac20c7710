using System.Buffers.Binary;

namespace FastIngest.Storage.Sqlite.Trees;

/// <summary>
/// A page of a tree while it is filled: a head, the places of the cells in key order, a gap, and the cells, which grow down from
/// the end. https://www.sqlite.org/fileformat2.html#b_tree_pages
/// </summary>
/// <param name="pageBytes">The size of the page.</param>
/// <param name="isLeaf">Whether the page has no pages below it. If it has, each cell starts with the number of the page to its left.</param>
internal sealed class TreePage(int pageBytes, bool isLeaf)
{
    private const byte Inner = 2, Leaf = 10;
    private const int PlaceBytes = 2, LeafHeadBytes = 8, InnerHeadBytes = 12;

    private readonly byte[] _bytes = new byte[pageBytes];
    private readonly int _headBytes = isLeaf ? LeafHeadBytes : InnerHeadBytes;
    private int _cells, _lastCellBytes, _contentStart = pageBytes;

    /// <summary>The bytes before a cell: the number of the page to its left.</summary>
    public int ChildBytes { get; } = isLeaf ? 0 : sizeof(uint);

    /// <summary>The page below that holds the keys after the last cell.</summary>
    public uint RightChild { private get; set; }

    /// <summary>Adds a cell and returns its place; empty if there is no room.</summary>
    public Span<byte> Reserve(int cellBytes)
    {
        int placesEnd = _headBytes + ((_cells + 1) * PlaceBytes);
        if (_contentStart - cellBytes < placesEnd)
        {
            return default;
        }

        _contentStart -= cellBytes;
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(placesEnd - PlaceBytes), (ushort)_contentStart);
        _cells++;
        _lastCellBytes = cellBytes;
        return _bytes.AsSpan(_contentStart, cellBytes);
    }

    /// <summary>Removes the cell that was added last and returns it; the bytes are valid until the next cell is added.</summary>
    public ReadOnlySpan<byte> RemoveLast()
    {
        ReadOnlySpan<byte> cell = _bytes.AsSpan(_contentStart, _lastCellBytes);
        _contentStart += _lastCellBytes;
        _cells--;
        return cell;
    }

    /// <summary>Returns the complete page, whose gap is empty: nothing of a row that is elsewhere stays in it.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        Span<byte> head = _bytes.AsSpan(0, _headBytes);
        head.Clear();
        head[0] = isLeaf ? Leaf : Inner;
        BinaryPrimitives.WriteUInt16BigEndian(head[3..], (ushort)_cells);
        BinaryPrimitives.WriteUInt16BigEndian(head[5..], (ushort)_contentStart); // 65,536 is written as 0
        if (!isLeaf)
        {
            BinaryPrimitives.WriteUInt32BigEndian(head[8..], RightChild);
        }

        _bytes.AsSpan((_headBytes + (_cells * PlaceBytes)).._contentStart).Clear();
        return _bytes;
    }

    /// <summary>Starts an empty page.</summary>
    public void Clear() => (_cells, _contentStart) = (0, _bytes.Length);
}
