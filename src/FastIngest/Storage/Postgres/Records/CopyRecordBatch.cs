using System.Collections.Concurrent;
using FastIngest.Sinks.Records;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>
/// The accepted records of one chunk of a file as tuples of COPY, in pieces that many chunks share. The pieces are
/// bounded as the chunks are: a tuple takes about as much as its record, mostly a third.
/// </summary>
/// <param name="pool">Where pieces come from and go back to.</param>
/// <param name="pieceBytes">Bytes after which the next piece begins.</param>
internal sealed class CopyRecordBatch(ConcurrentBag<CopyBuffer> pool, int pieceBytes) : RecordBatch
{
    private readonly List<CopyBuffer> _pieces = [];
    private readonly bool[] _hasMonth = new bool[Month.Count];
    private readonly List<int> _months = [];

    public override IRecordFormat Format => CopyRecordFormat.Instance;

    public IReadOnlyList<CopyBuffer> Pieces => _pieces;

    /// <summary>The months that the tuples fall in, see <see cref="Month"/>; empty where the table has no months.</summary>
    public IReadOnlyList<int> Months => _months;

    /// <summary>Characters U+0000 taken out.</summary>
    public long RemovedNuls { get; set; }

    /// <summary>Bytes of the longest user_id.</summary>
    public int LongestUserId { get; set; }

    public override void Clear()
    {
        base.Clear();
        foreach (CopyBuffer piece in _pieces)
        {
            piece.Clear();
            pool.Add(piece);
        }

        _pieces.Clear();
        foreach (int month in _months)
        {
            _hasMonth[month] = false;
        }

        _months.Clear();
        RemovedNuls = LongestUserId = 0;
    }

    public void AddMonth(int month)
    {
        if (!_hasMonth[month])
        {
            _hasMonth[month] = true;
            _months.Add(month);
        }
    }

    /// <summary>The piece that the next tuple goes to.</summary>
    public CopyBuffer Next()
    {
        if (_pieces.Count == 0 || _pieces[^1].Length >= pieceBytes)
        {
            _pieces.Add(pool.TryTake(out CopyBuffer? piece) ? piece : new CopyBuffer(pieceBytes + (pieceBytes / 4)));
        }

        return _pieces[^1];
    }
}
