namespace FastIngest.Sources.Compression;

/// <summary>A part of a compressed file that can be decompressed without the parts before it: a member of a gzip file or a frame of a zstd file.</summary>
/// <param name="Offset">Where it starts in the compressed file, in bytes.</param>
/// <param name="Length">Its compressed length in bytes.</param>
/// <param name="UnpackedLength">Its length in bytes, as its headers state it.</param>
/// <param name="IsExact">Whether it has exactly that length; otherwise it may be shorter.</param>
internal readonly record struct PackedBlock(long Offset, int Length, int UnpackedLength, bool IsExact)
{
    /// <summary>A block with more bytes, compressed or not, is not decompressed at once: memory would be needed for all of it. The tool pzstd makes frames of 8 MiB.</summary>
    public const int MaxBytes = 8 << 20;

    /// <summary>Where the next block starts.</summary>
    public long End => Offset + Length;
}
