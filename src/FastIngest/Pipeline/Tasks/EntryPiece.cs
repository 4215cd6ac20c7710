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
/// batch    index of the file, records, bytes of the file, bytes of records, bytes, checksum         40 bytes
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

    public static ulong CheckOf(in BatchHead head, ReadOnlySpan<byte> bytes, long seed)
    {
        XxHash3 hash = new(seed);
        BatchHead plain = head with { Check = 0 };
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<BatchHead>(ref plain)));
        hash.Append(bytes);
        return hash.GetCurrentHashAsUInt64();
    }

    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Header(int Magic, int Version, int Reserved, int Task, ulong Run0, ulong Run1, ulong Run2, ulong Run3);

    /// <param name="FileIndex">As in <see cref="EntryBatch.FileIndex"/>.</param>
    /// <param name="Rows">The number of records; 0 in the last batch.</param>
    /// <param name="FileBytes">As in <see cref="EntryBatch.FileBytes"/>.</param>
    /// <param name="RawBytes">The size of all records in bytes.</param>
    /// <param name="Bytes">The number of bytes that follow.</param>
    /// <param name="Check">The checksum of this head and those bytes.</param>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct BatchHead(int FileIndex, int Rows, long FileBytes, int RawBytes, int Bytes, ulong Check);
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

        int rawBytes = 0;
        foreach (ref readonly EntryRow row in batch.Rows)
        {
            _fields.Write(batch.Raw(row));
            rawBytes += row.Raw.Length;
        }

        _fields.Flush();
        Write(new EntryPiece.BatchHead(batch.FileIndex, batch.RowCount, batch.FileBytes, rawBytes, (int)_bytes.Length, 0), _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length));
    }

    /// <summary>Completes the file, so that others can read it.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public void Complete()
    {
        Write(default, []);
        try
        {
            _output.Publish(_file!);
        }
        catch (IOException e)
        {
            throw CanNotWrite(e);
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

    private void Write(EntryPiece.BatchHead head, ReadOnlySpan<byte> bytes)
    {
        head = head with { Check = EntryPiece.CheckOf(head, bytes, TaskSpill.SeedOf(_run, _task, _batch++)) };
        try
        {
            if (_file is null)
            {
                _file = _output.Create(256 * 1024);
                EntryPiece.Header header = EntryPiece.HeaderOf(_run, _task);
                Append(MemoryMarshal.AsBytes(new ReadOnlySpan<EntryPiece.Header>(ref header)));
            }

            Append(MemoryMarshal.AsBytes(new ReadOnlySpan<EntryPiece.BatchHead>(ref head)));
            Append(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(e);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _file!.Write(bytes);
        Length += bytes.Length;
    }

    private IngestException CanNotWrite(Exception e) => new(
        $"{_output.Path} cannot be written: {FaultText.OneLine(e.Message)}", "Check the work folder and the space on its disk, then start the task once more.", e);
}
