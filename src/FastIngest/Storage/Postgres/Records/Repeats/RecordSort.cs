using System.Buffers.Binary;
using FastIngest.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Storage.Postgres.Records.Repeats;

/// <summary>
/// Sorts records in bounded memory. They are collected in a buffer; a full buffer is sorted and becomes a temporary file, a run; and many
/// runs are merged into a longer one, so that few files are open and read at the same time.
/// <code>
/// Add ──► buffer ══sort══► runs of 16 MiB ══merge══► runs of 1 GiB ══merge══► … ──► Finish: all runs and the buffer as one
/// </code>
/// </summary>
/// <param name="order">The order.</param>
/// <param name="tempDirectory">The folder of the temporary files.</param>
/// <param name="bufferBytes">The size of the buffer; it grows only for a single larger record.</param>
/// <param name="fanIn">The number of runs that are merged into one.</param>
internal sealed class RecordSort(EntryOrder order, string tempDirectory, int bufferBytes = 16 << 20, int fanIn = 64) : IDisposable
{
    private const int WriteBytes = 256 << 10;

    private readonly List<FileRun> _runs = [];
    private byte[] _bytes = new byte[Math.Min(bufferBytes, 64 << 10)];
    private int[] _starts = new int[1024];
    private int _length, _count;

    /// <summary>Returns the entry of a buffer whose length begins at a place.</summary>
    public static ReadOnlySpan<byte> EntryAt(byte[] bytes, int start) =>
        bytes.AsSpan(start + sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(start)));

    /// <summary>Adds a record.</summary>
    /// <param name="table">The index of its table.</param>
    /// <param name="tuple">Its tuple, see <see cref="RecordEntry"/>.</param>
    /// <param name="cancellationToken">Ends the sorting.</param>
    /// <exception cref="IngestException">A temporary file cannot be written.</exception>
    public void Add(int table, ReadOnlySpan<byte> tuple, CancellationToken cancellationToken)
    {
        int entryBytes = RecordEntry.TupleAt + tuple.Length, bytes = sizeof(int) + entryBytes;
        if (_length + (long)bytes > bufferBytes && _count > 0)
        {
            SpillBuffer(cancellationToken);
        }

        if (_bytes.Length - _length < bytes)
        {
            Array.Resize(ref _bytes, (int)Math.Max(_length + (long)bytes, Math.Min(bufferBytes, _bytes.Length * 2L)));
        }

        if (_count == _starts.Length)
        {
            Array.Resize(ref _starts, _count * 2);
        }

        _starts[_count++] = _length;
        Span<byte> entry = _bytes.AsSpan(_length, bytes);
        BinaryPrimitives.WriteInt32LittleEndian(entry, entryBytes);
        entry[sizeof(int)] = (byte)table;
        tuple.CopyTo(entry[(sizeof(int) + RecordEntry.TupleAt)..]);
        _length += bytes;
    }

    /// <summary>Returns all entries in order. Nothing may be added afterwards.</summary>
    public RecordRun Finish()
    {
        SortBuffer();
        MemoryRun rest = new(_bytes, _starts.AsMemory(0, _count));
        return _runs.Count == 0 ? rest : new MergedRun([.. _runs, rest], order);
    }

    public void Dispose()
    {
        foreach (FileRun run in _runs)
        {
            run.Dispose();
        }
    }

    private void SortBuffer() => _starts.AsSpan(0, _count).Sort(new StartComparer(_bytes, order));

    private void SpillBuffer(CancellationToken cancellationToken)
    {
        SortBuffer();
        _runs.Add(Write(new MemoryRun(_bytes, _starts.AsMemory(0, _count)), 0, cancellationToken));
        (_length, _count) = (0, 0);
        if (_bytes.Length > bufferBytes)
        {
            _bytes = new byte[bufferBytes];
        }

        while (_runs.Count(r => r.Level == _runs[^1].Level) >= fanIn)
        {
            FileRun[] merged = [.. _runs.Where(r => r.Level == _runs[^1].Level)];
            FileRun run;
            using (MergedRun all = new(merged, order))
            {
                run = Write(all, merged[0].Level + 1, cancellationToken);
            }

            _runs.RemoveAll(merged.Contains);
            _runs.Add(run);
        }
    }

    /// <summary>Writes a run to a temporary file.</summary>
    private FileRun Write(RecordRun run, int level, CancellationToken cancellationToken)
    {
        SafeFileHandle? file = null;
        try
        {
            file = UnnamedFile.Create(tempDirectory, "records");
            long written = 0;
            byte[] buffer = new byte[WriteBytes];
            int length = 0;
            while (run.Next())
            {
                int bytes = sizeof(int) + run.Current.Length;
                if (bytes > buffer.Length - length)
                {
                    Flush(file, buffer.AsSpan(0, length), ref written, cancellationToken);
                    length = 0;
                    buffer = bytes > buffer.Length ? new byte[bytes] : buffer;
                }

                BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(length), run.Current.Length);
                run.Current.CopyTo(buffer.AsSpan(length + sizeof(int)));
                length += bytes;
            }

            Flush(file, buffer.AsSpan(0, length), ref written, cancellationToken);
            return new FileRun(file, written, tempDirectory) { Level = level };
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (FileFault.IsFault(e))
            {
                throw FileFault.Explain(e, $"A temporary file in {tempDirectory}");
            }

            throw;
        }
    }

    private static void Flush(SafeFileHandle file, ReadOnlySpan<byte> bytes, ref long written, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RandomAccess.Write(file, bytes, written);
        written += bytes.Length;
    }

    private readonly struct StartComparer(byte[] bytes, EntryOrder order) : IComparer<int>
    {
        public int Compare(int x, int y) => order.Compare(EntryAt(bytes, x), EntryAt(bytes, y));
    }
}
