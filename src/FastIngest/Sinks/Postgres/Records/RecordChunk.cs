using System.Collections.Concurrent;
using FastIngest.Health;

namespace FastIngest.Sinks.Postgres.Records;

/// <summary>Tuples of one table, and of one month where the table has months.</summary>
internal sealed class RecordPiece(int bytes)
{
    public CopyBuffer Buffer { get; } = new(bytes + (bytes / 4));

    /// <summary>See <see cref="Records.Month"/>; <see cref="RecordChunk.AnyMonth"/> for tuples of several.</summary>
    public int Month { get; set; }

    public long Rows { get; set; }
}

/// <summary>
/// The accepted records of one chunk of a file as tuples of COPY, in pieces that many chunks share. The pieces are
/// bounded as the chunks are: a tuple takes about as much as its record, mostly a third.
/// </summary>
/// <param name="pool">Where pieces come from and go back to.</param>
/// <param name="pieceBytes">Bytes after which the next piece begins.</param>
internal sealed class RecordChunk(ConcurrentBag<RecordPiece> pool, int pieceBytes)
{
    /// <summary>The month of a piece that has tuples of many.</summary>
    public const int AnyMonth = -1;

    /// <summary>So many months have pieces of their own; more share some.</summary>
    private const int MaxOpenMonths = 32;

    private readonly List<RecordPiece> _pieces = [];

    // The piece that is written for each month, by its place; the last is that of all further months.
    private readonly (int Month, RecordPiece? Piece)[] _open = new (int, RecordPiece?)[MaxOpenMonths + 1];
    private readonly bool[] _hasMonth = new bool[Month.Count];
    private readonly List<int> _months = [];
    private int _openCount;

    public Category Category { get; set; }

    public IReadOnlyList<RecordPiece> Pieces => _pieces;

    /// <summary>The months that the tuples fall in; empty where the table has no months.</summary>
    public IReadOnlyList<int> Months => _months;

    public long Rows { get; set; }

    /// <summary>Characters U+0000 taken out.</summary>
    public long RemovedNuls { get; set; }

    /// <summary>Bytes of the longest user_id.</summary>
    public int LongestUserId { get; set; }

    public void Clear()
    {
        foreach (RecordPiece piece in _pieces)
        {
            piece.Buffer.Clear();
            piece.Rows = 0;
            pool.Add(piece);
        }

        _pieces.Clear();
        foreach (int month in _months)
        {
            _hasMonth[month] = false;
        }

        _months.Clear();
        Array.Clear(_open);
        _openCount = 0;
        Rows = RemovedNuls = LongestUserId = 0;
    }

    /// <summary>The place of a table without months, for <see cref="PieceAt"/>.</summary>
    public int Place() => PlaceOf(AnyMonth);

    /// <summary>The place of a month, which stays the same until the chunk is cleared.</summary>
    public int Place(int month)
    {
        if (!_hasMonth[month])
        {
            _hasMonth[month] = true;
            _months.Add(month);
        }

        return PlaceOf(month);
    }

    /// <summary>The piece that the next tuple of a place goes to.</summary>
    public RecordPiece PieceAt(int place)
    {
        ref (int Month, RecordPiece? Piece) open = ref _open[place];
        if (open.Piece is null || open.Piece.Buffer.Length >= pieceBytes)
        {
            if (!pool.TryTake(out RecordPiece? piece))
            {
                piece = new RecordPiece(pieceBytes);
            }

            piece.Month = open.Month;
            _pieces.Add(piece);
            open.Piece = piece;
        }

        return open.Piece;
    }

    private int PlaceOf(int month)
    {
        for (int i = 0; i < _openCount; i++)
        {
            if (_open[i].Month == month)
            {
                return i;
            }
        }

        if (_openCount < MaxOpenMonths)
        {
            _open[_openCount].Month = month;
            return _openCount++;
        }

        _open[MaxOpenMonths].Month = AnyMonth;
        return MaxOpenMonths;
    }
}
