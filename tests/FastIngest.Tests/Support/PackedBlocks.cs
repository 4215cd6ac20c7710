using System.Buffers.Binary;
using System.IO.Compression;

namespace FastIngest.Tests.Support;

/// <summary>Makes compressed files that consist of many blocks, as bgzip and pzstd write them.</summary>
internal static class PackedBlocks
{
    /// <summary>The endings of the forms: gzip members with their length, and zstd frames without and with the length of their content, and with a checksum.</summary>
    public static string[] Forms { get; } = [".gz", ".zst", ".sized.zst", ".checked.zst"];

    /// <summary>Compresses a text.</summary>
    /// <param name="form">One of <see cref="Forms"/>.</param>
    /// <param name="text">The text.</param>
    /// <param name="blockBytes">How many bytes of it each block holds; at most 65,280 for gzip.</param>
    public static byte[] Of(string form, byte[] text, int blockBytes)
    {
        List<byte> packed = [];
        for (int at = 0; at < text.Length; at += blockBytes)
        {
            ReadOnlySpan<byte> block = text.AsSpan(at, Math.Min(blockBytes, text.Length - at));
            packed.AddRange(form == ".gz" ? Member(block) : Frame(block, form));
        }

        return form == ".gz" ? [.. packed, .. Member([])] : [.. packed];
    }

    /// <summary>A member with its length, as bgzip writes it.</summary>
    public static byte[] Member(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        byte[] plain = bytes.IsEmpty ? [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0] : packed.ToArray();
        byte[] member = [0x1F, 0x8B, 8, 4, .. plain[4..10], 6, 0, (byte)'B', (byte)'C', 2, 0, 0, 0, .. plain[10..]];
        BinaryPrimitives.WriteUInt16LittleEndian(member.AsSpan(16), (ushort)(member.Length - 1));
        return member;
    }

    private static byte[] Frame(ReadOnlySpan<byte> bytes, string form)
    {
        using MemoryStream packed = new();
        using (ZstdSharp.CompressionStream zstd = new(packed, 1, leaveOpen: true))
        {
            zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, form == ".checked.zst" ? 1 : 0);
            if (form == ".sized.zst")
            {
                zstd.SetPledgedSrcSize((ulong)bytes.Length);
            }

            zstd.Write(bytes);
        }

        // A frame that is skipped comes before some of them, as pzstd writes it.
        return form == ".checked.zst" ? [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4, .. packed.ToArray()] : packed.ToArray();
    }
}
