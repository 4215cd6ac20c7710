using System.Buffers.Binary;

namespace FastIngest.Sources.Compression;

/// <summary>
/// A member of a gzip file whose header states its length, as the tool bgzip writes them (BGZF, in the SAM specification):
/// <code>
/// 1F 8B 08 04 ┆ time, flags, system ┆ length of the extra field ┆ … 'B' 'C' 2 0 LENGTH-1 … ┆ deflate data ┆ CRC-32 ┆ unpacked length
/// 4             6                     2                                                                     4        4 bytes
/// </code>
/// </summary>
internal static class GzipBlock
{
    private const int Header = 12, Trailer = 8, LengthBytes = 4, MaxExtra = 64, MaxUnpacked = 64 * 1024;

    /// <summary>The first bytes of a member: gzip, deflate, and no optional field but the extra one.</summary>
    private static ReadOnlySpan<byte> Magic => [0x1F, 0x8B, 8, 4];

    /// <summary>Returns the member at an offset; null if its header does not state its length.</summary>
    public static PackedBlock? At(IPackedBytes packed, long offset)
    {
        Span<byte> head = stackalloc byte[(int)Math.Min(Header + MaxExtra, packed.Length - offset)];
        packed.Read(head, offset);
        if (LengthOf(head) is not { } length || offset + length > packed.Length)
        {
            return null;
        }

        Span<byte> end = stackalloc byte[LengthBytes];
        packed.Read(end, offset + length - LengthBytes);
        uint unpacked = BinaryPrimitives.ReadUInt32LittleEndian(end);
        return unpacked <= MaxUnpacked ? new PackedBlock(offset, length, (int)unpacked, IsExact: true) : null;
    }

    /// <summary>Returns the length of a member, from its first bytes; null if they do not state it.</summary>
    private static int? LengthOf(ReadOnlySpan<byte> head)
    {
        if (head.Length < Header || !head.StartsWith(Magic))
        {
            return null;
        }

        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(head[(Header - 2)..]);
        if (extraLength > head.Length - Header)
        {
            return null;
        }

        for (ReadOnlySpan<byte> extra = head.Slice(Header, extraLength); extra.Length >= 4;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - 4)
            {
                return null;
            }

            if (extra is [(byte)'B', (byte)'C', 2, 0, _, _, ..])
            {
                int total = BinaryPrimitives.ReadUInt16LittleEndian(extra[4..]) + 1;
                return total > Header + extraLength + Trailer ? total : null;
            }

            extra = extra[(4 + length)..];
        }

        return null;
    }
}
