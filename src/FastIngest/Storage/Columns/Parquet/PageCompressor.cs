using ZstdSharp;

namespace FastIngest.Storage.Columns.Parquet;

/// <summary>Compresses pages by Zstandard.</summary>
internal sealed class PageCompressor : IDisposable
{
    /// <summary>Parquet's number of the compression.</summary>
    public const int Codec = 6;

    private readonly Compressor _compressor = new(1);
    private byte[] _bytes = [];

    /// <summary>Returns the compressed bytes, which stay valid until the next call.</summary>
    public ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> page)
    {
        int bound = Compressor.GetCompressBound(page.Length);
        if (_bytes.Length < bound)
        {
            _bytes = new byte[bound];
        }

        return _bytes.AsMemory(0, _compressor.Wrap(page, _bytes));
    }

    public void Dispose() => _compressor.Dispose();
}
