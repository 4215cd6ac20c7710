using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using FastIngest.Lexicon;
using FastIngest.Shuffle.Shared;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The records of a map task of a dictionary with their entries, in input order.
/// <code>
/// header   magic, version, reserved, task, run (32 bytes)                                          48 bytes
/// batch    index of the file, records, bytes of the file, of fields, of records, checksum           32 bytes
///          for each record its fields and the texts of its entry; then the bytes of all records
/// </code>
/// The last batch has no records. Line numbers count from the start of the range. The seed of a checksum is made of the run, the
/// task and the number of the batch.
/// </summary>
internal static class EntryPiece
{
    public const int Magic = 'F' | ('I' << 8) | ('E' << 16) | ('P' << 24), Version = 1;

    public static Header HeaderOf(ReadOnlySpan<byte> run, int task)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(run);
        return new Header(Magic, Version, 0, task, words[0], words[1], words[2], words[3]);
    }

    /// <summary>Begins the checksum of a batch; its fields and its records follow.</summary>
    public static XxHash3 BeginCheck(in BatchHead head, long seed)
    {
        XxHash3 hash = new(seed);
        BatchHead plain = head with { Check = 0 };
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<BatchHead>(ref plain)));
        return hash;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Header(int Magic, int Version, int Reserved, int Task, ulong Run0, ulong Run1, ulong Run2, ulong Run3);

    /// <param name="FileIndex">As in <see cref="EntryBatch.FileIndex"/>.</param>
    /// <param name="Rows">The number of records; 0 in the last batch.</param>
    /// <param name="FileBytes">As in <see cref="EntryBatch.FileBytes"/>.</param>
    /// <param name="FieldBytes">The size of the fields and texts of all records in bytes.</param>
    /// <param name="RawBytes">The size of the records themselves in bytes.</param>
    /// <param name="Check">The checksum of this head, the fields and the records.</param>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct BatchHead(int FileIndex, int Rows, long FileBytes, int FieldBytes, int RawBytes, ulong Check);
}

/// <summary>Writes the entries of a map task. Not thread-safe.</summary>
internal sealed class EntryPieceWriter : IDisposable
{
    private readonly ISharedOutput _output;
    private readonly byte[] _run;
    private readonly int _task;
    private readonly MemoryStream _bytes = new();
    private readonly BinaryWriter _fields;
    private FileStream? _file;
    private int _batch;

    /// <param name="output">The file.</param>
    /// <param name="run">The 32 bytes that identify the run.</param>
    /// <param name="task">The index of the task.</param>
    public EntryPieceWriter(ISharedOutput output, byte[] run, int task)
    {
        (_output, _run, _task) = (output, run, task);
        _fields = new BinaryWriter(_bytes, Encoding.UTF8, leaveOpen: true);
    }

    /// <summary>The size of the file in bytes.</summary>
    public long Length { get; private set; }

    /// <exception cref="IngestException">The file cannot be written.</exception>
    public void Write(EntryBatch batch)
    {
        if (batch.RowCount == 0)
        {
            return;
        }

        _bytes.SetLength(0);
        foreach (ref readonly EntryRow row in batch.Rows)
        {
            Write(batch, row);
        }

        _fields.Flush();
        int rawBytes = 0;
        foreach (ref readonly EntryRow row in batch.Rows)
        {
            rawBytes += row.Raw.Length;
        }

        Write(new EntryPiece.BatchHead(batch.FileIndex, batch.RowCount, batch.FileBytes, (int)_bytes.Length, rawBytes, 0), batch);
    }

    /// <summary>Completes the file, so that others can read it.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public void Complete()
    {
        _bytes.SetLength(0);
        Write(default, null);
        try
        {
            _output.Publish(_file!);
        }
        catch (IOException e)
        {
            throw MapFileFaults.CanNotWrite(_output.Path, e);
        }
    }

    public void Dispose()
    {
        _fields.Dispose();
        _file?.Dispose();
    }

    private void Write(EntryBatch batch, in EntryRow row)
    {
        _fields.Write(row.Raw.Length);
        _fields.Write(row.FileLength);
        _fields.Write(row.Offset);
        _fields.Write(row.LineNumber);
        _fields.Write((byte)row.Status);
        _fields.Write(row.Reason ?? "");
        _fields.Write(row.RemovedNuls);
        if (row.IsLoaded)
        {
            _fields.Write((ReadOnlySpan<byte>)row.Checksum);
        }

        if (row.Status == CleaningStatus.Valid)
        {
            _fields.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in row.Id)));
            _fields.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in row.Key)));
            _fields.Write((int)row.Errors);
            _fields.Write(row.QualityHundredths);
            _fields.Write(row.IsRedirect);
            for (int column = 0; column < EntryTextRefs.Count; column++)
            {
                _fields.Write(row.Texts[column].IsNull ? -1 : row.Texts[column].Length);
                _fields.Write(batch.Text(row, (EntryColumn)column));
            }
        }
    }

    private void Write(EntryPiece.BatchHead head, EntryBatch? batch)
    {
        ReadOnlySpan<byte> fields = _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);
        XxHash3 hash = EntryPiece.BeginCheck(head, TaskSpill.SeedOf(_run, _task, _batch++));
        hash.Append(fields);
        foreach (ref readonly EntryRow row in batch is null ? [] : batch.Rows)
        {
            hash.Append(batch!.Raw(row));
        }

        head = head with { Check = hash.GetCurrentHashAsUInt64() };
        try
        {
            if (_file is null)
            {
                _file = _output.Create(256 * 1024);
                EntryPiece.Header header = EntryPiece.HeaderOf(_run, _task);
                Append(MemoryMarshal.AsBytes(new ReadOnlySpan<EntryPiece.Header>(ref header)));
            }

            Append(MemoryMarshal.AsBytes(new ReadOnlySpan<EntryPiece.BatchHead>(ref head)));
            Append(fields);
            foreach (ref readonly EntryRow row in batch is null ? [] : batch.Rows)
            {
                Append(batch!.Raw(row));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw MapFileFaults.CanNotWrite(_output.Path, e);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _file!.Write(bytes);
        Length += bytes.Length;
    }
}
