using System.IO.Hashing;
using System.Runtime.InteropServices;
using FastIngest.Lexicon;
using FastIngest.Pipeline.Entries;
using FastIngest.Shuffle.Shared;

namespace FastIngest.Pipeline.Tasks;

/// <summary>Reads the entries of a map task of a dictionary, batch after batch.</summary>
/// <param name="path">The path shown to the user.</param>
/// <param name="open">Opens the file.</param>
/// <param name="run">The 32 bytes that identify the run.</param>
/// <param name="task">The index of the task.</param>
internal sealed class EntryPieceReader(string path, Func<ISharedFile> open, byte[] run, int task) : IDisposable
{
    private readonly MapFileFaults _faults = new(path, task, "check and finish");
    private Stream? _file;
    private byte[] _fields = [];
    private int _batch;

    /// <summary>Returns the reader of a file that a manifest names.</summary>
    public static EntryPieceReader Of(SharedRun run, string piece, int task)
    {
        string name = $"{WorkFolder.MapFolder}/{piece}";
        return new EntryPieceReader(run.Folder.PathOf(name), () => run.Folder.Open(name), run.Id, task);
    }

    /// <summary>Verifies that the file has its size and is that of the task, without its entries.</summary>
    /// <exception cref="IngestException">The file is missing, cut off, or of another run, task or version.</exception>
    public void RequireWhole(long bytes) => _faults.Guarded(() =>
    {
        Stream file = Open();
        return file.Length == bytes ? file : throw _faults.Damaged(file.Length < bytes ? "is cut off" : "is damaged: bytes follow its end");
    });

    /// <summary>Adds the next records, with their entries, to an empty batch; false when there are no more.</summary>
    /// <param name="batch">The batch; the path of its file is not set.</param>
    /// <param name="large">Grants the memory for large records.</param>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <exception cref="IngestException">The file is missing, damaged, or of another run, task or version.</exception>
    public bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken)
    {
        EntryPiece.BatchHead head = _faults.Guarded(() => ReadBatch(Open(), batch, large, cancellationToken));
        if (head.Rows == 0)
        {
            return false;
        }

        (batch.FileIndex, batch.FileBytes) = (head.FileIndex, head.FileBytes);
        using BinaryReader fields = new(new MemoryStream(_fields, 0, head.FieldBytes, writable: false));
        int start = 0;
        for (int i = 0; i < head.Rows; i++)
        {
            Read(fields, batch, ref start);
        }

        return true;
    }

    /// <summary>Verifies that the file had as many records as the task read.</summary>
    /// <exception cref="IngestException">It had not.</exception>
    public void RequireRecords(long found, long expected)
    {
        if (found != expected)
        {
            throw _faults.Damaged($"has {found} records, of {expected} that the task read");
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Read(BinaryReader fields, EntryBatch batch, ref int start)
    {
        int length = fields.ReadInt32();
        ref EntryRow row = ref batch.AddRow(start, length);
        start += length;
        row.FileLength = fields.ReadInt64();
        row.Offset = fields.ReadInt64();
        row.LineNumber = fields.ReadInt64();
        row.Status = (CleaningStatus)fields.ReadByte();
        row.Reason = fields.ReadString() is { Length: > 0 } reason ? reason : null;
        row.RemovedNuls = fields.ReadInt32();
        if (row.IsLoaded)
        {
            fields.BaseStream.ReadExactly(row.Checksum);
        }

        if (row.Status == CleaningStatus.Valid)
        {
            fields.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<Guid>(ref row.Id)));
            fields.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<UInt128>(ref row.Key)));
            row.Errors = (EntryErrors)fields.ReadInt32();
            row.QualityHundredths = fields.ReadInt32();
            row.IsRedirect = fields.ReadBoolean();
            for (int column = 0; column < EntryTextRefs.Count; column++)
            {
                row.Texts[column] = ReadText(fields, batch);
            }
        }
    }

    private TextRef ReadText(BinaryReader fields, EntryBatch batch)
    {
        int length = fields.ReadInt32();
        if (length < 0)
        {
            return TextRef.Null;
        }

        int from = (int)fields.BaseStream.Position;
        fields.BaseStream.Position += length;
        return batch.AddText(_fields.AsSpan(from, length));
    }

    private Stream Open()
    {
        if (_file is null)
        {
            _file = SharedFileStream.Open(open(), 256 * 1024);
            EntryPiece.Header header = default, own = EntryPiece.HeaderOf(run, task);
            _file.ReadExactly(MemoryMarshal.AsBytes(new Span<EntryPiece.Header>(ref header)));
            if (header != own)
            {
                throw _faults.Damaged(
                    header.Magic != EntryPiece.Magic ? "holds no entries of a map task"
                    : header with { Task = task } == own ? $"is that of task {header.Task}, not of task {task}"
                    : "is that of another run or version");
            }
        }

        return _file;
    }

    /// <summary>Reads the fields of a batch into the buffer and its records into the batch, and verifies both.</summary>
    private EntryPiece.BatchHead ReadBatch(Stream file, EntryBatch batch, LargeRecords large, CancellationToken cancellationToken)
    {
        EntryPiece.BatchHead head = default;
        file.ReadExactly(MemoryMarshal.AsBytes(new Span<EntryPiece.BatchHead>(ref head)));
        if (head.FieldBytes < 0 || head.RawBytes < 0 || head.RawBytes > Array.MaxLength || (long)head.FieldBytes + head.RawBytes > file.Length - file.Position)
        {
            throw _faults.Damaged("is damaged or cut off");
        }

        if (_fields.Length < head.FieldBytes)
        {
            _fields = GC.AllocateUninitializedArray<byte>(head.FieldBytes);
        }

        if (batch.Input.Length < head.RawBytes)
        {
            large.Grow(batch, head.RawBytes, cancellationToken);
        }

        Span<byte> fields = _fields.AsSpan(0, head.FieldBytes), records = batch.Input[..head.RawBytes];
        file.ReadExactly(fields);
        file.ReadExactly(records);
        XxHash3 hash = EntryPiece.BeginCheck(head, TaskSpill.SeedOf(run, task, _batch++));
        hash.Append(fields);
        hash.Append(records);
        if (hash.GetCurrentHashAsUInt64() != head.Check)
        {
            throw _faults.Damaged("is damaged: a checksum is wrong");
        }

        return head.Rows > 0 || file.Position == file.Length ? head : throw _faults.Damaged("is damaged: bytes follow its end");
    }
}

/// <summary>Supplies the entries of all map tasks in input order, with the line numbers of the whole files.</summary>
/// <param name="run">The run.</param>
/// <param name="mapped">What each task did.</param>
internal sealed class EntryPieceFeed(SharedRun run, IReadOnlyList<EntryMapResult> mapped) : IRecordFeed
{
    private readonly long[] _linesBefore = new long[run.Plan.Files.Length];
    private EntryPieceReader? _current;
    private int _task;
    private long _records;

    public bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken)
    {
        while (_task < mapped.Count)
        {
            _current ??= EntryPieceReader.Of(run, mapped[_task].Piece, _task);
            if (_current.Fill(batch, large, cancellationToken))
            {
                _records += batch.RowCount;
                batch.File = run.Plan.Files[batch.FileIndex].Path;
                foreach (ref EntryRow row in batch.Rows)
                {
                    row.LineNumber += _linesBefore[batch.FileIndex];
                }

                return true;
            }

            _current.RequireRecords(_records, mapped[_task].Ranges.Sum(r => r.Records));
            _records = 0;
            foreach (EntryRangeResult range in mapped[_task].Ranges)
            {
                _linesBefore[range.File] += range.Lines;
            }

            Dispose();
            _task++;
        }

        return false;
    }

    public void Dispose()
    {
        _current?.Dispose();
        _current = null;
    }
}
