using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Shuffle.Shared;

/// <summary>Reads consecutive partitions of the file of a map task, see <see cref="TaskSpill"/>. Thread-safe.</summary>
internal sealed class TaskSpillReader : IDisposable
{
    private const int CheckBytes = 64 * 1024;

    private readonly string _path;
    private readonly Func<ISharedFile> _open;
    private readonly byte[] _run;
    private readonly int _task, _first;
    private readonly bool _keepOpen;
    private readonly TaskSpill.Row[] _rows;
    private readonly TaskSpill.Entry[] _entries;
    private ISharedFile? _file;

    /// <summary>Opens a file and reads the index of some partitions.</summary>
    /// <param name="path">The path shown to the user.</param>
    /// <param name="open">Opens the file.</param>
    /// <param name="run">The 32 bytes that identify the run.</param>
    /// <param name="task">The index of the task.</param>
    /// <param name="partitions">The number of all partitions.</param>
    /// <param name="own">The partitions that are read.</param>
    /// <param name="keepOpen">Whether the file stays open between two reads.</param>
    /// <exception cref="IngestException">The file is missing, damaged, or of another run, task or version.</exception>
    public TaskSpillReader(string path, Func<ISharedFile> open, byte[] run, int task, int partitions, Range own, bool keepOpen)
    {
        (_path, _open, _run, _task, _keepOpen) = (path, open, run, task, keepOpen);
        (_first, int count) = own.GetOffsetAndLength(partitions);
        _rows = new TaskSpill.Row[count];
        ISharedFile file = _file = Open();
        try
        {
            TaskSpill.Footer footer = ReadEnds(file, partitions);
            long rowsAt = footer.EntriesAt + ((long)footer.Entries * Unsafe.SizeOf<TaskSpill.Entry>());
            ReadAt(file, rowsAt + ((long)_first * Unsafe.SizeOf<TaskSpill.Row>()), MemoryMarshal.AsBytes(_rows.AsSpan()));
            int firstEntry = count == 0 ? 0 : _rows[0].First, entries = count == 0 ? 0 : _rows[^1].First + _rows[^1].Count - firstEntry;
            if (firstEntry < 0 || entries < 0 || firstEntry > footer.Entries - entries)
            {
                throw Damaged();
            }

            _entries = new TaskSpill.Entry[entries];
            ReadAt(file, footer.EntriesAt + ((long)firstEntry * Unsafe.SizeOf<TaskSpill.Entry>()), MemoryMarshal.AsBytes(_entries.AsSpan()));
            int next = firstEntry;
            for (int i = 0; i < count; i++)
            {
                TaskSpill.Row row = _rows[i];
                if (row.First != next || row.Count < 0 || row.Count > entries - (next - firstEntry)
                    || TaskSpill.CheckEntries(_entries.AsSpan(next - firstEntry, row.Count), SeedOf(i)) != row.Check)
                {
                    throw Damaged();
                }

                _rows[i] = row with { First = next - firstEntry };
                next += row.Count;
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        if (!keepOpen)
        {
            file.Dispose();
            _file = null;
        }
    }

    /// <summary>The pieces of one of the partitions.</summary>
    public ReadOnlySpan<TaskSpill.Entry> PiecesOf(int partition) => _entries.AsSpan(_rows[partition].First, _rows[partition].Count);

    /// <summary>Reads the whole piece and verifies its checksum.</summary>
    /// <exception cref="IngestException">The piece is damaged.</exception>
    public void Read(int partition, TaskSpill.Entry piece, Span<byte> target)
    {
        Read(piece, 0, target);
        if (XxHash3.HashToUInt64(target, SeedOf(partition)) != piece.Check)
        {
            throw Damaged();
        }
    }

    /// <summary>Reads bytes of a piece that <see cref="Verify"/> has verified.</summary>
    public void Read(TaskSpill.Entry piece, long position, Span<byte> target)
    {
        ISharedFile file = _file ?? Open();
        try
        {
            ReadAt(file, piece.Offset + position, target);
        }
        finally
        {
            Release(file);
        }
    }

    /// <summary>Verifies the checksum of a piece with little memory.</summary>
    /// <exception cref="IngestException">The piece is damaged.</exception>
    public void Verify(int partition, TaskSpill.Entry piece)
    {
        XxHash3 hash = new(SeedOf(partition));
        byte[] buffer = new byte[CheckBytes];
        ISharedFile file = _file ?? Open();
        try
        {
            for (long position = 0; position < piece.ByteCount;)
            {
                Span<byte> target = buffer.AsSpan(0, (int)Math.Min(buffer.Length, piece.ByteCount - position));
                ReadAt(file, piece.Offset + position, target);
                hash.Append(target);
                position += target.Length;
            }
        }
        finally
        {
            Release(file);
        }

        if (hash.GetCurrentHashAsUInt64() != piece.Check)
        {
            throw Damaged();
        }
    }

    public void Dispose() => _file?.Dispose();

    private long SeedOf(int partition) => TaskSpill.SeedOf(_run, _task, _first + partition);

    private TaskSpill.Footer ReadEnds(ISharedFile file, int partitions)
    {
        long length = file.Length;
        int headerBytes = Unsafe.SizeOf<TaskSpill.Header>(), footerBytes = Unsafe.SizeOf<TaskSpill.Footer>();
        if (length < headerBytes + footerBytes)
        {
            throw Damaged("is cut off");
        }

        TaskSpill.Header header = Read<TaskSpill.Header>(file, 0);
        if (header.Magic != TaskSpill.Magic || header.ByteOrder != TaskSpill.ByteOrder)
        {
            throw Damaged("is not the output of a map task");
        }

        if (header.Version != TaskSpill.Version)
        {
            throw Damaged($"has version {header.Version}; this program reads version {TaskSpill.Version}");
        }

        TaskSpill.Header expected = TaskSpill.HeaderOf(_run, _task);
        if (header != expected)
        {
            throw Damaged(header with { Task = _task } == expected ? $"is that of task {header.Task}, not of task {_task}" : "is that of another run");
        }

        TaskSpill.Footer footer = Read<TaskSpill.Footer>(file, length - footerBytes);
        if (footer.Check != TaskSpill.CheckEnds(header, footer) || footer.Partitions != partitions
            || footer.EntriesAt + ((long)footer.Entries * Unsafe.SizeOf<TaskSpill.Entry>()) + ((long)partitions * Unsafe.SizeOf<TaskSpill.Row>()) + footerBytes != length)
        {
            throw Damaged("is cut off, or damaged at its end");
        }

        return footer;
    }

    private ISharedFile Open()
    {
        try
        {
            return _open();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged("is missing", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Damaged($"cannot be read: {FaultText.OneLine(e.Message)}", e);
        }
    }

    private void Release(ISharedFile file)
    {
        if (!_keepOpen)
        {
            file.Dispose();
        }
    }

    private T Read<T>(ISharedFile file, long offset)
        where T : unmanaged
    {
        T value = default;
        ReadAt(file, offset, MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    private void ReadAt(ISharedFile file, long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count;
            try
            {
                count = file.Read(target, offset);
            }
            catch (IOException e)
            {
                throw Damaged($"cannot be read: {FaultText.OneLine(e.Message)}", e);
            }

            if (count == 0)
            {
                throw Damaged("is cut off");
            }

            target = target[count..];
            offset += count;
        }
    }

    private IngestException Damaged(string how = "is damaged: a checksum is wrong", Exception? inner = null) => new(
        $"{_path} {how}.", $"Remove the manifest of map task {_task} and check.json from the work folder, then run map --task {_task}, check and the steps after it.", inner);
}
