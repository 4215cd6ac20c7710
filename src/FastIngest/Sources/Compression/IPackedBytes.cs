namespace FastIngest.Sources.Compression;

/// <summary>The bytes of a compressed file, which several threads may read at the same time.</summary>
internal interface IPackedBytes
{
    /// <summary>The size of the file in bytes.</summary>
    long Length { get; }

    /// <summary>Fills a span with the bytes from an offset on; all of them must be in the file.</summary>
    void Read(Span<byte> destination, long offset);
}
