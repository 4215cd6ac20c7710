using System.IO.Hashing;
using System.Runtime.InteropServices;
using FastIngest.Health;
using FastIngest.Shuffle.Shared;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The accepted records of a map task, encoded for the sinks that store them, chunk after chunk.
/// <code>
/// header   magic, version, reserved, task, run (32 bytes)                                                48 bytes
/// batch    format, category, index of the file, place, rows, bytes, checksum                             48 bytes, then the records
/// </code>
/// The last batch has the format -1 and no records. The seed of a checksum is made of the run, the task and the number of the batch.
/// </summary>
internal static class RecordFile
{
    public const int Magic = 'F' | ('I' << 8) | ('R' << 16) | ('E' << 24), Version = 1;

    /// <summary>The format of the last batch.</summary>
    public const int End = -1;

    /// <summary>Returns the formats in which sinks store records, each once. Every step of a run finds them in the same order.</summary>
    public static IReadOnlyList<IRecordFormat> FormatsOf(IEnumerable<ISummarySink> sinks) =>
        [.. sinks.Select(s => (s as IRecordSink)?.RecordFormat).OfType<IRecordFormat>().Distinct()];

    public static Header HeaderOf(ReadOnlySpan<byte> run, int task)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(run);
        return new Header(Magic, Version, 0, task, words[0], words[1], words[2], words[3]);
    }

    public static ulong CheckOf(in BatchHead head, ReadOnlySpan<byte> records, long seed)
    {
        XxHash3 hash = new(seed);
        BatchHead plain = head with { Check = 0 };
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<BatchHead>(ref plain)));
        hash.Append(records);
        return hash.GetCurrentHashAsUInt64();
    }

    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Header(int Magic, int Version, int Reserved, int Task, ulong Run0, ulong Run1, ulong Run2, ulong Run3);

    /// <param name="Format">The index of the format among those of the run; <see cref="End"/> for the last batch.</param>
    /// <param name="Category">The category of the records.</param>
    /// <param name="FileIndex">As in <see cref="RecordBatch.FileIndex"/>.</param>
    /// <param name="File">The file of the chunk.</param>
    /// <param name="Part">Its part of the file.</param>
    /// <param name="Chunk">Its index in the part.</param>
    /// <param name="Rows">The number of records.</param>
    /// <param name="Bytes">The number of bytes that follow.</param>
    /// <param name="Check">The checksum of this head and those bytes.</param>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct BatchHead(int Format, int Category, int FileIndex, int File, int Part, int Chunk, long Rows, long Bytes, ulong Check);
}

/// <summary>Writes the records of a map task to a file. Not thread-safe.</summary>
internal sealed class RecordFileWriter(ISharedOutput output, byte[] run, int task) : IDisposable
{
    private readonly MemoryStream _records = new();
    private FileStream? _file;
    private int _batch;

    /// <summary>The path shown to the user.</summary>
    public string Path => output.Path;

    /// <summary>The size of the file in bytes.</summary>
    public long Length { get; private set; }

    /// <param name="format">The index of the format of the batch.</param>
    /// <param name="batch">The records.</param>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public void Write(int format, RecordBatch batch)
    {
        _records.SetLength(0);
        using (BinaryWriter writer = new(_records, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            batch.Save(writer);
        }

        RecordPlace place = batch.Place;
        Write(
            new RecordFile.BatchHead(format, (int)batch.Category, batch.FileIndex, place.File, place.Part, place.Chunk, batch.Rows, _records.Length, 0),
            _records.GetBuffer().AsSpan(0, (int)_records.Length));
    }

    /// <summary>Completes the file, so that others can read it.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public void Complete()
    {
        Write(new RecordFile.BatchHead(RecordFile.End, 0, 0, 0, 0, 0, 0, 0, 0), []);
        try
        {
            output.Publish(_file!);
        }
        catch (IOException e)
        {
            throw MapFileFaults.CanNotWrite(output.Path, e);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Write(RecordFile.BatchHead head, ReadOnlySpan<byte> records)
    {
        head = head with { Check = RecordFile.CheckOf(head, records, TaskSpill.SeedOf(run, task, _batch++)) };
        try
        {
            if (_file is null)
            {
                _file = output.Create(256 * 1024);
                RecordFile.Header header = RecordFile.HeaderOf(run, task);
                Append(MemoryMarshal.AsBytes(new ReadOnlySpan<RecordFile.Header>(ref header)));
            }

            Append(MemoryMarshal.AsBytes(new ReadOnlySpan<RecordFile.BatchHead>(ref head)));
            Append(records);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw MapFileFaults.CanNotWrite(output.Path, e);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _file!.Write(bytes);
        Length += bytes.Length;
    }
}

/// <summary>Takes the records of one format for the file of a map task, in the place of the sinks that store them.</summary>
/// <param name="format">The format.</param>
/// <param name="index">The index of the format.</param>
/// <param name="writer">Writes the file, for all formats.</param>
internal sealed class RecordFileSink(IRecordFormat format, int index, RecordFileWriter writer) : ISummarySink, IRecordSink
{
    public string DisplayName => writer.Path;

    public IRecordFormat? RecordFormat => format;

    public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask WriteRecordsAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        writer.Write(index, batch);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken) => throw new InvalidOperationException("A map task makes no summaries.");

    public ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken) => throw new InvalidOperationException("The map task completes the file.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Reads the records of a map task.</summary>
/// <param name="path">The path shown to the user.</param>
/// <param name="open">Opens the file.</param>
/// <param name="run">The 32 bytes that identify the run.</param>
/// <param name="task">The index of the task.</param>
/// <param name="repeats">The categories of the run in which repeats are looked for.</param>
internal sealed class RecordFileReader(string path, Func<ISharedFile> open, byte[] run, int task, RepeatRule repeats)
{
    private readonly MapFileFaults _faults = new(path, task, "check and the steps after it");
    private byte[] _records = [];

    /// <summary>Returns the reader of a file that a manifest names.</summary>
    public static RecordFileReader Of(SharedRun run, string file, int task)
    {
        string name = $"{WorkFolder.MapFolder}/{file}";
        return new RecordFileReader(run.Folder.PathOf(name), () => run.Folder.Open(name), run.Id, task, run.Repeats);
    }

    /// <summary>Verifies that the file has its size and is that of the task, without its records.</summary>
    /// <exception cref="IngestException">The file is missing, cut off, or of another run, task or version.</exception>
    public void RequireWhole(long bytes) => _faults.Guarded(() =>
    {
        using SharedFileStream file = new(open());
        ReadHeader(file);
        if (file.Length != bytes)
        {
            throw _faults.Damaged(file.Length < bytes ? "is cut off" : "is damaged: bytes follow its end");
        }
    });

    /// <summary>Passes the records to a receiver, batch after batch.</summary>
    /// <param name="batches">A batch of each format of the run, which is filled and cleared.</param>
    /// <param name="receive">Takes the index of the format and the filled batch.</param>
    /// <exception cref="IngestException">The file is missing, damaged, or of another run, task or version.</exception>
    public void Read(IReadOnlyList<RecordBatch> batches, Action<int, RecordBatch> receive)
    {
        using Stream file = _faults.Guarded(() => SharedFileStream.Open(open(), 256 * 1024));
        _faults.Guarded(() => ReadHeader(file));
        for (int number = 0; ; number++)
        {
            RecordFile.BatchHead head = _faults.Guarded(() => ReadHead(file, number));
            if (head.Format == RecordFile.End)
            {
                return;
            }

            if (head.Format < 0 || head.Format >= batches.Count)
            {
                throw _faults.Damaged("has records of a format that the run does not have");
            }

            RecordBatch batch = batches[head.Format];
            (batch.Category, batch.FileIndex, batch.Place) = ((Category)head.Category, head.FileIndex, new RecordPlace(head.File, head.Part, head.Chunk));
            (batch.Rows, batch.Repeats) = (head.Rows, repeats);
            using BinaryReader records = new(new MemoryStream(_records, 0, (int)head.Bytes, writable: false));
            batch.Load(records);
            receive(head.Format, batch);
            batch.Clear();
        }
    }

    private void ReadHeader(Stream file)
    {
        RecordFile.Header header = default, own = RecordFile.HeaderOf(run, task);
        file.ReadExactly(MemoryMarshal.AsBytes(new Span<RecordFile.Header>(ref header)));
        if (header != own)
        {
            throw _faults.Damaged(
                header.Magic != RecordFile.Magic ? "holds no records of a map task"
                : header with { Task = task } == own ? $"is that of task {header.Task}, not of task {task}"
                : "is that of another run or version");
        }
    }

    /// <summary>Reads a batch into the buffer and verifies it.</summary>
    private RecordFile.BatchHead ReadHead(Stream file, int number)
    {
        RecordFile.BatchHead head = default;
        file.ReadExactly(MemoryMarshal.AsBytes(new Span<RecordFile.BatchHead>(ref head)));
        if (head.Bytes < 0 || head.Bytes > Array.MaxLength || head.Bytes > file.Length - file.Position)
        {
            throw _faults.Damaged("is damaged or cut off");
        }

        if (_records.Length < head.Bytes)
        {
            _records = GC.AllocateUninitializedArray<byte>((int)head.Bytes);
        }

        Span<byte> records = _records.AsSpan(0, (int)head.Bytes);
        file.ReadExactly(records);
        if (RecordFile.CheckOf(head, records, TaskSpill.SeedOf(run, task, number)) != head.Check)
        {
            throw _faults.Damaged("is damaged: a checksum is wrong");
        }

        return head.Format != RecordFile.End || file.Position == file.Length ? head : throw _faults.Damaged("is damaged: bytes follow its end");
    }
}
