using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Shuffle;

/// <summary>Segments of one partition that lie behind one another in a spill file: where, how many, how many bytes.</summary>
internal readonly record struct SpillPiece(long Offset, int SegmentCount, long ByteCount);

/// <summary>
/// A file for segments that do not fit into memory, written one piece behind the other and read back piece by piece.
/// It has no name any more once it is open, so it is gone when the process is, however that ends.
/// <code>
/// file:     "FISP", version, 0x01020304 in the byte order of the writer, 0     4 x 4 bytes
/// piece:    partition, number of segments, number of bytes                     4, 4, 8 bytes
/// segment:  kind, file index, chunk index, length                              4 x 4 bytes
///           bytes, as Segment describes them
/// </code>
/// The kinds are those of <see cref="SegmentId"/>. All that is needed to read a file is in it.
/// </summary>
internal sealed class SpillFile : IDisposable
{
    public const int Version = 2;

    private const int Magic = 'F' | ('I' << 8) | ('S' << 16) | ('P' << 24);
    private const int ByteOrder = 0x01020304;

    private readonly string _place;
    private readonly SafeFileHandle _handle;
    private readonly List<ReadOnlyMemory<byte>> _pending = [];
    private byte[] _headers = [];

    /// <summary>Makes an empty file.</summary>
    /// <exception cref="IngestException">It can not be made.</exception>
    public SpillFile(string directory)
    {
        _place = directory;
        try
        {
            _handle = UnnamedFile.Create(directory, "spill");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(e);
        }

        FileHeader header = new(Magic, Version, ByteOrder, 0);
        _headers = MemoryMarshal.AsBytes(new ReadOnlySpan<FileHeader>(ref header)).ToArray();
        _pending.Add(_headers);
        WritePending();
    }

    /// <summary>Opens a file that someone wrote, to be read.</summary>
    /// <param name="handle">The file, which is closed with this.</param>
    /// <param name="path">Its path, for messages.</param>
    internal SpillFile(SafeFileHandle handle, string path)
    {
        _place = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Appends a piece for every partition that has anything in memory.</summary>
    /// <exception cref="IngestException">The disk is full, or broken.</exception>
    public void Write(ReadOnlySpan<PartitionBuffer> buffers, BlockPool pool)
    {
        int size = Unsafe.SizeOf<PieceHeader>();
        if (_headers.Length < buffers.Length * size)
        {
            _headers = new byte[buffers.Length * size];
        }

        for (int partition = 0; partition < buffers.Length; partition++)
        {
            PartitionBuffer buffer = buffers[partition];
            if (buffer.Length > 0)
            {
                Memory<byte> header = _headers.AsMemory(partition * size, size);
                MemoryMarshal.Write(header.Span, new PieceHeader(partition, buffer.SegmentCount, buffer.Length));
                _pending.Add(header);
                buffer.AddTo(_pending, pool);
            }
        }

        WritePending();
    }

    /// <summary>Finds the pieces of every partition, in the order in which they were written, by what is in the file alone.</summary>
    /// <exception cref="IngestException">It is not a spill file of this version and byte order, or it is damaged.</exception>
    public List<SpillPiece>[] ReadPieces(int partitions)
    {
        FileHeader header = Read<FileHeader>(0);
        if (header.Magic != Magic || header.ByteOrder != ByteOrder)
        {
            throw Damaged("is not a spill file that this machine can read");
        }

        if (header.Version != Version)
        {
            throw Damaged($"is a spill file of version {header.Version}, not {Version}");
        }

        List<SpillPiece>[] pieces = [.. Enumerable.Range(0, partitions).Select(_ => new List<SpillPiece>())];
        for (long offset = Unsafe.SizeOf<FileHeader>(); offset < Length;)
        {
            PieceHeader piece = Read<PieceHeader>(offset);
            offset += Unsafe.SizeOf<PieceHeader>();
            if ((uint)piece.Partition >= (uint)partitions || piece.ByteCount < 0 || piece.ByteCount > Length - offset)
            {
                throw Damaged("is damaged");
            }

            pieces[piece.Partition].Add(new SpillPiece(offset, piece.SegmentCount, piece.ByteCount));
            offset += piece.ByteCount;
        }

        return pieces;
    }

    /// <summary>Reads bytes of a piece: segments, each with its header.</summary>
    public void Read(SpillPiece piece, long position, Span<byte> target) => ReadAt(piece.Offset + position, target);

    public void Dispose() => _handle.Dispose();

    private void WritePending()
    {
        try
        {
            RandomAccess.Write(_handle, _pending, Length);
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            // The latter is what .NET makes of EFBIG, which is what a limit on the size of files (ulimit -f) gives.
            throw CanNotWrite(e);
        }

        Length += _pending.Sum(p => (long)p.Length);
        _pending.Clear();
    }

    private T Read<T>(long offset)
        where T : unmanaged
    {
        T value = default;
        ReadAt(offset, MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    private void ReadAt(long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count;
            try
            {
                count = RandomAccess.Read(_handle, target, offset);
            }
            catch (IOException e)
            {
                throw Damaged($"can not be read: {e.Message}", e);
            }

            if (count == 0)
            {
                throw Damaged("ends too early");
            }

            target = target[count..];
            offset += count;
        }
    }

    private IngestException Damaged(string how, Exception? inner = null) => new(
        $"Intermediate data in {_place} {how}.", "Check that disk, or name another folder with --temp-dir, and run again.", inner);

    private IngestException CanNotWrite(Exception e) => new(
        $"Intermediate data can not be written to {_place}: {(e is IOException or UnauthorizedAccessException ? e.Message : "the file may not grow further (ulimit -f)")}",
        "Free space there, name another folder with --temp-dir, or allow more memory with --memory-limit.",
        e);

    private readonly record struct FileHeader(int Magic, int Version, int ByteOrder, int Reserved);

    private readonly record struct PieceHeader(int Partition, int SegmentCount, long ByteCount);
}
