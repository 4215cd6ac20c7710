using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastIngest.Health;
using FastIngest.Shuffle.Shared;
using FastIngest.Sinks.Summaries;

namespace FastIngest.Pipeline.Tasks;

/// <summary>
/// The rows of a task that reduces, in key order.
/// <code>
/// header   magic, version, bytes of a row, task, run (32 bytes)     48 bytes
/// block    rows, users, text bytes, 0, checksum, reserved            32 bytes, then rows, users and texts as in memory
/// </code>
/// The last block is empty. The seed of a checksum is made of the run, the task and the number of the block.
/// </summary>
internal static class PartFile
{
    public const int Magic = 'F' | ('I' << 8) | ('P' << 16) | ('R' << 24), Version = 1;

    public static int RowBytes => Unsafe.SizeOf<DailySummary>();

    public static Header HeaderOf(ReadOnlySpan<byte> run, int task)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(run);
        return new Header(Magic, Version, RowBytes, task, words[0], words[1], words[2], words[3]);
    }

    public static ulong CheckOf(in BlockHead head, ReadOnlySpan<byte> rows, ReadOnlySpan<byte> users, ReadOnlySpan<byte> text, long seed)
    {
        XxHash3 hash = new(seed);
        BlockHead plain = head with { Check = 0 };
        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<BlockHead>(ref plain)));
        hash.Append(rows);
        hash.Append(users);
        hash.Append(text);
        return hash.GetCurrentHashAsUInt64();
    }

    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Header(int Magic, int Version, int RowBytes, int Task, ulong Run0, ulong Run1, ulong Run2, ulong Run3);

    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct BlockHead(int Rows, int Users, int TextBytes, int Reserved, ulong Check, ulong Reserved2);
}

/// <summary>Writes the rows of a task to a file, as a sink does.</summary>
internal sealed class PartSink(ISharedOutput output, byte[] run, int task) : ISummarySink
{
    private FileStream? _file;
    private int _block;
    private long _rows;

    public string DisplayName => output.Path;

    /// <summary>The size of the file in bytes.</summary>
    public long Length { get; private set; }

    public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken)
    {
        if (batch.RowCount > 0 || batch.UserCount > 0)
        {
            WriteBlock(MemoryMarshal.AsBytes(batch.Rows), batch.RowCount, MemoryMarshal.AsBytes(batch.Users), batch.UserCount, batch.AllText);
            _rows += batch.RowCount;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken)
    {
        WriteBlock([], 0, [], 0, []);
        try
        {
            output.Publish(_file!);
        }
        catch (IOException e)
        {
            throw CanNotWrite(e);
        }

        return ValueTask.FromResult(new SinkResult(_rows, _rows, 0, 0));
    }

    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void WriteBlock(ReadOnlySpan<byte> rows, int rowCount, ReadOnlySpan<byte> users, int userCount, ReadOnlySpan<byte> text)
    {
        PartFile.BlockHead head = new(rowCount, userCount, text.Length, 0, 0, 0);
        head = head with { Check = PartFile.CheckOf(head, rows, users, text, TaskSpill.SeedOf(run, task, _block++)) };
        try
        {
            if (_file is null)
            {
                _file = output.Create(256 * 1024);
                PartFile.Header header = PartFile.HeaderOf(run, task);
                Write(MemoryMarshal.AsBytes(new ReadOnlySpan<PartFile.Header>(ref header)));
            }

            Write(MemoryMarshal.AsBytes(new ReadOnlySpan<PartFile.BlockHead>(ref head)));
            Write(rows);
            Write(users);
            Write(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(e);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file!.Write(bytes);
        Length += bytes.Length;
    }

    private IngestException CanNotWrite(Exception e) => new(
        $"{output.Path} cannot be written: {FaultText.OneLine(e.Message)}", "Check the work folder and the space on its disk, then start the task once more.", e);
}

/// <summary>Reads the rows of a task.</summary>
/// <param name="path">The path shown to the user.</param>
/// <param name="open">Opens the file.</param>
/// <param name="run">The 32 bytes that identify the run.</param>
/// <param name="task">The index of the task.</param>
internal sealed class PartReader(string path, Func<ISharedFile> open, byte[] run, int task)
{
    private const int MaxRows = 1 << 24;

    /// <summary>Passes the rows to a receiver, batch after batch.</summary>
    /// <param name="rent">Returns a batch for the next rows.</param>
    /// <param name="receive">Takes a filled batch.</param>
    /// <exception cref="IngestException">The file is missing, damaged, or of another run, task or version.</exception>
    public void Read(Func<SummaryBatch> rent, Action<SummaryBatch> receive)
    {
        try
        {
            using Stream file = SharedFileStream.Open(open(), 256 * 1024);
            PartFile.Header header = default;
            file.ReadExactly(MemoryMarshal.AsBytes(new Span<PartFile.Header>(ref header)));
            if (header != PartFile.HeaderOf(run, task))
            {
                throw Damaged(
                    header.Magic != PartFile.Magic ? "is not the output of a reduce task"
                    : header with { Task = task } == PartFile.HeaderOf(run, task) ? $"is that of task {header.Task}, not of task {task}"
                    : "is that of another run or version");
            }

            for (int block = 0; ; block++)
            {
                PartFile.BlockHead head = default;
                file.ReadExactly(MemoryMarshal.AsBytes(new Span<PartFile.BlockHead>(ref head)));
                if (head.Rows is < 0 or > MaxRows || head.Users is < 0 or > MaxRows || head.TextBytes < 0
                    || ((long)head.Rows * PartFile.RowBytes) + ((long)head.Users * Unsafe.SizeOf<UserProfile>()) + head.TextBytes > file.Length - file.Position)
                {
                    throw Damaged("is damaged or cut off");
                }

                if (head is { Rows: 0, Users: 0 })
                {
                    RequireEnd(file, head, block);
                    return;
                }

                SummaryBatch batch = rent();
                batch.Refill(head.Rows, head.Users, head.TextBytes, out Span<DailySummary> rows, out Span<UserProfile> users, out Span<byte> text);
                Span<byte> rowBytes = MemoryMarshal.AsBytes(rows), userBytes = MemoryMarshal.AsBytes(users);
                file.ReadExactly(rowBytes);
                file.ReadExactly(userBytes);
                file.ReadExactly(text);
                if (PartFile.CheckOf(head, rowBytes, userBytes, text, TaskSpill.SeedOf(run, task, block)) != head.Check)
                {
                    throw Damaged("is damaged: a checksum is wrong");
                }

                receive(batch);
            }
        }
        catch (EndOfStreamException e)
        {
            throw Damaged("is cut off", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged($"cannot be read: {FaultText.OneLine(e.Message)}", e);
        }
    }

    private void RequireEnd(Stream file, in PartFile.BlockHead head, int block)
    {
        if (PartFile.CheckOf(head, [], [], [], TaskSpill.SeedOf(run, task, block)) != head.Check)
        {
            throw Damaged("is damaged: a checksum is wrong");
        }

        if (file.Position != file.Length)
        {
            throw Damaged("is damaged: bytes follow its end");
        }
    }

    private IngestException Damaged(string how, Exception? inner = null) => new(
        $"{path} {how}.", $"Remove the manifest of reduce task {task} from the work folder, then run reduce --task {task} and finish.", inner);
}
