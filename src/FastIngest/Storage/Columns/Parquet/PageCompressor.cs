using System.IO.Compression;

namespace FastIngest.Storage.Columns.Parquet;

/// <summary>Compresses pages by gzip. Zstandard would be a third smaller, but its compressor alone would add 0.37 MB to the program.</summary>
internal sealed class PageCompressor : IDisposable
{
    /// <summary>Parquet's number of the compression.</summary>
    public const int Codec = 2;

    private const int KeptBytes = 2 << 20;

    private readonly MemoryStream _bytes = new();

    public void Dispose() => _bytes.Dispose();

    /// <summary>Returns the compressed bytes, which stay valid until the next call.</summary>
    public ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> page)
    {
        _bytes.SetLength(0);
        if (_bytes.Capacity > KeptBytes)
        {
            _bytes.Capacity = 0;
        }

        using (GZipStream gzip = new(_bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(page);
        }

        return _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);
    }
}
