using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FastIngest.Shuffle;

/// <summary>Where a partition's spilled segments lie in the spill file, in bytes.</summary>
internal readonly record struct SpillPiece(long Offset, int SegmentCount, int ByteCount);

/// <summary>
/// A file for segments that do not fit into memory, written one piece behind the other and read back piece by piece.
/// It has no name any more once it is open, so it is gone when the process is, however that ends.
/// <code>
/// file:     "FISP", version, 0x01020304 in the byte order of the writer, 0      4 x 4 bytes
/// piece:    partition, number of segments, number of bytes, 0                   4 x 4 bytes
///           file index, chunk index, start, length of each segment              4 x 4 bytes each
///           bytes, as Segment describes them
/// </code>
/// </summary>
internal sealed class SpillFile : IDisposable
{
    public const int Version = 1;

    private const int HeaderBytes = 16;

    private readonly string _directory;
    private readonly SafeFileHandle _handle;
    private byte[] _buffer = new byte[1 << 20];
    private int _buffered;
    private long _offset;

    public SpillFile(string directory)
    {
        _directory = directory;
        try
        {
            string path = Path.Combine(directory, $"fastingest-{Environment.ProcessId}-{Guid.NewGuid():N}.spill");
            _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CanNotWrite(e);
        }

        Span<int> header = [BinaryPrimitives.ReadInt32LittleEndian("FISP"u8), Version, 0x01020304, 0];
        Write(MemoryMarshal.AsBytes(header));
    }

    /// <summary>Bytes written so far.</summary>
    public long Length => _offset + _buffered;

    public SpillPiece Write(int partition, PartitionBuffer buffer, BlockPool pool)
    {
        SpillPiece piece = new(Length, buffer.Segments.Count, (int)buffer.Length);
        Span<int> header = [partition, piece.SegmentCount, piece.ByteCount, 0];
        Write(MemoryMarshal.AsBytes(header));
        foreach (SegmentRef segment in buffer.Segments)
        {
            ReadOnlySpan<SegmentRef> one = [segment];
            Write(MemoryMarshal.AsBytes(one));
        }

        buffer.CopyTo(pool, Reserve((int)buffer.Length));
        return piece;
    }

    /// <summary>Reads a piece: its segments, and its bytes to the target, whose length is that of the bytes.</summary>
    public void Read(SpillPiece piece, Span<byte> target, Span<SegmentRef> segments)
    {
        ReadAt(MemoryMarshal.AsBytes(segments), piece.Offset + HeaderBytes);
        ReadAt(target, piece.Offset + HeaderBytes + ((long)piece.SegmentCount * HeaderBytes));
    }

    /// <summary>Hands what is buffered to the file; needed before reading.</summary>
    public void Flush()
    {
        try
        {
            RandomAccess.Write(_handle, _buffer.AsSpan(0, _buffered), _offset);
        }
        catch (IOException e)
        {
            throw CanNotWrite(e);
        }

        _offset += _buffered;
        _buffered = 0;
    }

    public void Dispose() => _handle.Dispose();

    private void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _buffered < count)
        {
            Flush();
            if (_buffer.Length < count)
            {
                _buffer = GC.AllocateUninitializedArray<byte>(count);
            }
        }

        Span<byte> place = _buffer.AsSpan(_buffered, count);
        _buffered += count;
        return place;
    }

    private void ReadAt(Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            int count = RandomAccess.Read(_handle, target, offset);
            if (count == 0)
            {
                throw new EndOfStreamException("The spill file ends too early.");
            }

            target = target[count..];
            offset += count;
        }
    }

    private IngestException CanNotWrite(Exception e) => new(
        $"Intermediate data can not be written to {_directory}: {e.Message}",
        "Free space there, name another folder with --temp-dir, or allow more memory with --memory-limit.",
        e);
}
