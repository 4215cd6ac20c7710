using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Shuffle;

/// <summary>Consecutive segments of one partition in a spill file: byte offset, number of segments and size in bytes.</summary>
internal readonly record struct SpillPiece(long Offset, int SegmentCount, long ByteCount);

/// <summary>
/// A file for segments that do not fit into memory, written and read in pieces. The file is unlinked as soon as it is open,
/// so it disappears when the process ends for any reason.
/// <code>
/// file:     "FISP", version, 0x01020304 in the byte order of the writer, 0     4 x 4 bytes
/// piece:    partition, number of segments, number of bytes                     4, 4, 8 bytes
/// segment:  kind, file index, chunk index, length                              4 x 4 bytes
///           bytes, see Segment
/// </code>
/// The kinds are those of <see cref="SegmentId"/>. A file is self-contained.
/// </summary>
internal sealed class SpillFile : IDisposable
{
    public const int Version = 2;

    private const int Magic = 'F' | ('I' << 8) | ('S' << 16) | ('P' << 24);
    private const int ByteOrder = 0x01020304;

    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly List<ReadOnlyMemory<byte>> _pending = [];
    private byte[] _headers = [];

    /// <summary>Creates a file without pieces.</summary>
    /// <exception cref="IngestException">The file cannot be created.</exception>
    public SpillFile(string directory)
    {
        _path = directory;
        try
        {
            _handle = UnnamedFile.Create(directory, "spill");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WriteFailed(e);
        }

        FileHeader header = new(Magic, Version, ByteOrder, 0);
        _headers = MemoryMarshal.AsBytes(new ReadOnlySpan<FileHeader>(ref header)).ToArray();
        _pending.Add(_headers);
        WritePending();
    }

    /// <summary>Opens an existing spill file for reading.</summary>
    /// <param name="handle">The open file; <see cref="Dispose"/> closes it.</param>
    /// <param name="path">The path for messages.</param>
    internal SpillFile(SafeFileHandle handle, string path)
    {
        _path = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>The size of the file in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Appends one piece for every partition that has segments in memory.</summary>
    /// <exception cref="IngestException">The file cannot be written, for example because the disk is full.</exception>
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

    /// <summary>Reads the list of pieces per partition from the file, in the order in which they were written.</summary>
    /// <exception cref="IngestException">The file is damaged, or it is not a spill file of this version and byte order.</exception>
    public List<SpillPiece>[] ReadPieces(int partitions)
    {
        FileHeader header = Read<FileHeader>(0);
        if (header.Magic != Magic || header.ByteOrder != ByteOrder)
        {
            throw Damaged("is not a spill file for this machine");
        }

        if (header.Version != Version)
        {
            throw Damaged($"has version {header.Version}; this program reads version {Version}");
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

    /// <summary>Reads bytes of a piece, starting at a position in it. A piece consists of segments, each with its header.</summary>
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
            // .NET maps EFBIG, the error of a file size limit (ulimit -f), to ArgumentOutOfRangeException.
            throw WriteFailed(e);
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
                throw Damaged($"cannot be read: {e.Message}", e);
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
        $"Intermediate data in {_path} {how}.", "Check the disk, or choose another folder with --temp-dir, and retry.", inner);

    private IngestException WriteFailed(Exception e) => new(
        $"Intermediate data cannot be written to {_path}: {(e is IOException or UnauthorizedAccessException ? e.Message : "the file may not grow further (ulimit -f)")}",
        "Free disk space, choose another folder with --temp-dir, or allow more memory with --memory-limit.",
        e);

    private readonly record struct FileHeader(int Magic, int Version, int ByteOrder, int Reserved);

    private readonly record struct PieceHeader(int Partition, int SegmentCount, long ByteCount);
}
