using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastIngest.Shuffle.Shared;

/// <summary>Writes the file of one attempt of a map task, see <see cref="TaskSpill"/>. Not thread-safe.</summary>
internal sealed class TaskSpillWriter : IDisposable
{
    private readonly ISharedOutput _output;
    private readonly FileStream _file;
    private readonly byte[] _run;
    private readonly int _task, _partitions;
    private readonly List<TaskSpill.Entry> _entries = [];
    private readonly List<ReadOnlyMemory<byte>> _pending = [];

    /// <param name="output">The file.</param>
    /// <param name="run">The 32 bytes that identify the run.</param>
    /// <param name="task">The index of the task.</param>
    /// <param name="partitions">The number of partitions.</param>
    /// <exception cref="IngestException">The file cannot be created.</exception>
    public TaskSpillWriter(ISharedOutput output, byte[] run, int task, int partitions)
    {
        (_run, _task, _partitions) = (run, task, partitions);
        _output = output;
        try
        {
            _file = output.Create(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(e);
        }

        Write(BytesOf(TaskSpill.HeaderOf(run, task)));
    }

    /// <summary>The size of the file in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Appends one piece for every partition that has segments in memory.</summary>
    /// <exception cref="IngestException">The file cannot be written, for example because the disk is full.</exception>
    public void Write(ReadOnlySpan<PartitionBuffer> buffers, BlockPool pool)
    {
        long offset = Length;
        for (int partition = 0; partition < buffers.Length; partition++)
        {
            PartitionBuffer buffer = buffers[partition];
            if (buffer.Length == 0)
            {
                continue;
            }

            int first = _pending.Count;
            buffer.AddTo(_pending, pool);
            XxHash3 hash = new(TaskSpill.SeedOf(_run, _task, partition));
            for (int i = first; i < _pending.Count; i++)
            {
                hash.Append(_pending[i].Span);
            }

            _entries.Add(new TaskSpill.Entry(offset, buffer.Length, hash.GetCurrentHashAsUInt64(), buffer.SegmentCount, partition));
            offset += buffer.Length;
        }

        WritePending();
    }

    /// <summary>Writes the index; afterwards others can read the file.</summary>
    /// <exception cref="IngestException">The file cannot be written.</exception>
    public void Complete()
    {
        TaskSpill.Entry[] entries = [.. _entries.OrderBy(e => e.Partition)];
        TaskSpill.Row[] rows = new TaskSpill.Row[_partitions];
        for (int partition = 0, at = 0; partition < _partitions; partition++)
        {
            int first = at;
            while (at < entries.Length && entries[at].Partition == partition)
            {
                at++;
            }

            rows[partition] = new TaskSpill.Row(first, at - first, TaskSpill.CheckEntries(entries.AsSpan(first..at), TaskSpill.SeedOf(_run, _task, partition)));
        }

        TaskSpill.Footer footer = new(Length, entries.Length, _partitions, 0, 0);
        footer = footer with { Check = TaskSpill.CheckEnds(TaskSpill.HeaderOf(_run, _task), footer) };
        Write(MemoryMarshal.AsBytes<TaskSpill.Entry>(entries).ToArray());
        Write(MemoryMarshal.AsBytes<TaskSpill.Row>(rows).ToArray());
        Write(BytesOf(footer));
        try
        {
            _output.Publish(_file);
        }
        catch (IOException e)
        {
            throw CanNotWrite(e);
        }
    }

    public void Dispose() => _file.Dispose();

    private static byte[] BytesOf<T>(T value)
        where T : unmanaged
    {
        byte[] bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, value);
        return bytes;
    }

    private void Write(byte[] bytes)
    {
        _pending.Add(bytes);
        WritePending();
    }

    private void WritePending()
    {
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, _pending, Length);
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            // .NET maps EFBIG, the error of a file size limit (ulimit -f), to ArgumentOutOfRangeException.
            throw CanNotWrite(e);
        }

        foreach (ReadOnlyMemory<byte> bytes in _pending)
        {
            Length += bytes.Length;
        }

        _pending.Clear();
    }

    private IngestException CanNotWrite(Exception e) => new(
        $"{_output.Path} cannot be written: {FaultText.OneLine(e.Message)}", "Check the work folder and the space on its disk, then start the task once more.", e);
}
