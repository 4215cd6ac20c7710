using System.Collections.Concurrent;
using FastIngest.Health;
using FastIngest.Sinks.Records;
using FastIngest.Storage.Postgres.Copy;
using FastIngest.Storage.Postgres.Records.Repeats;
using FastIngest.Storage.Postgres.Schema;

namespace FastIngest.Storage.Postgres.Records;

/// <summary>
/// The accepted records of one chunk of a file, encoded as tuples of COPY in pooled buffers (pieces). The size of a chunk limits
/// the size of its pieces, because a tuple is rarely larger than its record; usually it has a third of its size.
/// </summary>
/// <param name="pool">The pool of pieces.</param>
/// <param name="pieceBytes">The number of bytes after which a new piece begins.</param>
internal sealed class CopyRecordBatch(ConcurrentBag<CopyBuffer> pool, int pieceBytes) : RecordBatch
{
    private readonly List<CopyBuffer> _pieces = [];
    private readonly bool[] _hasMonth = new bool[Month.Count];
    private readonly List<int> _months = [];

    public override IRecordFormat Format => CopyRecordFormat.Instance;

    public IReadOnlyList<CopyBuffer> Pieces => _pieces;

    /// <summary>The months of the tuples, see <see cref="Month"/>; empty for a table without monthly partitions.</summary>
    public IReadOnlyList<int> Months => _months;

    /// <summary>The number of removed characters U+0000.</summary>
    public long RemovedNuls { get; set; }

    /// <summary>The length of the longest user_id in bytes.</summary>
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

    public override void Save(BinaryWriter output)
    {
        output.Write(RemovedNuls);
        output.Write(LongestUserId);
        output.Write(_months.Count);
        _months.ForEach(output.Write);
        output.Write(_pieces.Count);
        foreach (CopyBuffer piece in _pieces)
        {
            output.Write(piece.Length);
            output.Write(piece.WrittenSpan);
        }
    }

    public override void Load(BinaryReader input)
    {
        RemovedNuls = input.ReadInt64();
        LongestUserId = input.ReadInt32();
        for (int left = input.ReadInt32(); left > 0; left--)
        {
            AddMonth(input.ReadInt32());
        }

        // A piece ends with a tuple, where a COPY may end too.
        for (int left = input.ReadInt32(); left > 0; left--)
        {
            input.BaseStream.ReadExactly(AddPiece().Extend(input.ReadInt32()));
        }
    }

    public void AddMonth(int month)
    {
        if (!_hasMonth[month])
        {
            _hasMonth[month] = true;
            _months.Add(month);
        }
    }

    /// <summary>Adds a record of a <see cref="RecordUnion"/>, without its origin.</summary>
    /// <param name="table">The index of the table.</param>
    /// <param name="tuple">The tuple; <c>fields</c> of measurements is a text.</param>
    public void AddDistinct(int table, ReadOnlySpan<byte> tuple)
    {
        Rows++;
        AddMonth(Month.Of(RecordEntry.DayOf(table, tuple) + CopyFormat.EpochDay));
        CopyBuffer copy = Next();
        copy.BeginTuple(RecordEntry.ColumnCountOf(table));
        ReadOnlySpan<byte> columns = RecordEntry.ColumnsOf(table, tuple);
        if (Category != Category.Measurements)
        {
            copy.Raw(columns);
            return;
        }

        int at = 0;
        RecordEntry.TryField(columns, ref at, out _);
        RecordEntry.TryField(columns, ref at, out _);
        copy.Raw(columns[..at]);
        RecordEntry.TryField(columns, ref at, out ReadOnlySpan<byte> json);
        copy.Jsonb(json);
    }

    /// <summary>Returns the piece for the next tuple.</summary>
    public CopyBuffer Next()
    {
        return _pieces.Count == 0 || _pieces[^1].Length >= pieceBytes ? AddPiece() : _pieces[^1];
    }

    private CopyBuffer AddPiece()
    {
        CopyBuffer added = pool.TryTake(out CopyBuffer? piece) ? piece : new CopyBuffer(pieceBytes + (pieceBytes / 4));
        _pieces.Add(added);
        return added;
    }
}
