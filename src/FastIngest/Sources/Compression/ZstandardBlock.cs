using System.Buffers.Binary;
using ZstdSharp;

namespace FastIngest.Sources.Compression;

/// <summary>
/// A frame of a zstd file (RFC 8878), or a frame that decompressors skip. Where a frame ends, and how much it holds at most, is known
/// from the lengths of its blocks:
/// <code>
/// 28 B5 2F FD ┆ descriptor ┆ window ┆ dictionary ┆ content length ┆ (3 bytes: last, kind, length ┆ block)… ┆ checksum
/// 4             1            0, 1     0, 1, 2, 4   0, 1, 2, 4, 8                                             0, 4 bytes
/// </code>
/// </summary>
internal static class ZstandardBlock
{
    private const uint Magic = 0xFD2F_B528, SkippableMagic = 0x184D_2A50, SkippableMask = 0xFFFF_FFF0;
    private const int MagicBytes = 4, SkippableHeader = 8, MaxHeader = 18, BlockHeader = 3, ChecksumBytes = 4;
    private const int SingleSegment = 0x20, Reserved = 0x08, HasChecksum = 0x04, Dictionary = 0x03;
    private const int RunBlock = 1, CompressedBlock = 2, ReservedBlock = 3, MaxBlockContent = 128 * 1024;

    /// <summary>The largest window that <see cref="Zstandard"/> accepts.</summary>
    private const long MaxWindow = 128L << 20;

    [ThreadStatic]
    private static Decompressor? t_decompressor;

    /// <summary>Returns the frame at an offset; null if it is long, is damaged or needs a dictionary.</summary>
    public static PackedBlock? At(IPackedBytes packed, long offset)
    {
        Span<byte> head = stackalloc byte[(int)Math.Min(MaxHeader, packed.Length - offset)];
        packed.Read(head, offset);
        if (head.Length < SkippableHeader)
        {
            return null;
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if ((magic & SkippableMask) == SkippableMagic)
        {
            long length = SkippableHeader + (long)BinaryPrimitives.ReadUInt32LittleEndian(head[MagicBytes..]);
            return length <= Math.Min(PackedBlock.MaxBytes, packed.Length - offset) ? new PackedBlock(offset, (int)length, 0, IsExact: true) : null;
        }

        if (magic != Magic || ReadHeader(head) is not { } header)
        {
            return null;
        }

        long checksumBytes = header.HasChecksum ? ChecksumBytes : 0;
        long limit = Math.Min(packed.Length, offset + PackedBlock.MaxBytes) - checksumBytes;
        if (EndOfBlocks(packed, offset + header.Length, limit, out long most) is not { } end)
        {
            return null;
        }

        // Without a checksum, a damaged frame could refer to bytes before its window, which are there only if all of it is decompressed at once.
        long content = header.Content ?? most;
        return content <= PackedBlock.MaxBytes && (header.HasChecksum || header.Window >= content)
            ? new PackedBlock(offset, (int)(end + checksumBytes - offset), (int)content, header.Content is not null)
            : null;
    }

    /// <summary>Decompresses frames; returns -1 if one is damaged or its content has another length than it states.</summary>
    public static int Unpack(ArraySegment<byte> packed, Span<byte> unpacked)
    {
        try
        {
            t_decompressor ??= new Decompressor();
            return t_decompressor.Unwrap(packed.AsSpan(), unpacked);
        }
        catch (ZstdException)
        {
            return -1;
        }
    }

    /// <summary>Reads the header of a frame; null if it is none of those that can be decompressed at once.</summary>
    private static FrameHeader? ReadHeader(ReadOnlySpan<byte> head)
    {
        int descriptor = head[MagicBytes];
        bool isSingle = (descriptor & SingleSegment) != 0;
        int contentBytes = (descriptor >> 6) switch
        {
            0 => isSingle ? 1 : 0,
            1 => 2,
            2 => 4,
            _ => 8,
        };
        int at = MagicBytes + 1 + (isSingle ? 0 : 1);
        if ((descriptor & (Reserved | Dictionary)) != 0 || at + contentBytes > head.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> field = head.Slice(at, contentBytes);
        ulong? stated = contentBytes switch
        {
            0 => null,
            1 => field[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(field) + 256UL,
            4 => BinaryPrimitives.ReadUInt32LittleEndian(field),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(field),
        };
        long? content = stated is { } length ? (long)Math.Min(length, long.MaxValue) : null;
        long window = isSingle ? content!.Value : WindowOf(head[MagicBytes + 1]);
        return window <= MaxWindow ? new FrameHeader(at + contentBytes, content, window, (descriptor & HasChecksum) != 0) : null;
    }

    private static long WindowOf(int descriptor) => (1L << (10 + (descriptor >> 3))) / 8 * (8 + (descriptor & 7));

    /// <summary>Returns the offset after the last block of a frame; null if that is after <paramref name="limit"/>.</summary>
    /// <param name="packed">The compressed file.</param>
    /// <param name="offset">The offset of the first block.</param>
    /// <param name="limit">The greatest offset that may be returned.</param>
    /// <param name="most">The greatest number of bytes that the blocks can hold.</param>
    private static long? EndOfBlocks(IPackedBytes packed, long offset, long limit, out long most)
    {
        Span<byte> header = stackalloc byte[BlockHeader];
        most = 0;
        for (bool isLast = false; !isLast;)
        {
            if (offset + BlockHeader > limit)
            {
                return null;
            }

            packed.Read(header, offset);
            int bits = header[0] | (header[1] << 8) | (header[2] << 16);
            isLast = (bits & 1) != 0;
            int kind = (bits >> 1) & 3, length = bits >> 3;
            if (kind == ReservedBlock)
            {
                return null;
            }

            most += kind == CompressedBlock ? MaxBlockContent : length;
            offset += BlockHeader + (kind == RunBlock ? 1 : length);
        }

        return offset <= limit ? offset : null;
    }

    /// <param name="Length">The length of the header in bytes.</param>
    /// <param name="Content">The length of the content in bytes; null if the header does not state it.</param>
    /// <param name="Window">How far back the content refers, in bytes.</param>
    /// <param name="HasChecksum">Whether a checksum follows the last block.</param>
    private readonly record struct FrameHeader(int Length, long? Content, long Window, bool HasChecksum);
}
