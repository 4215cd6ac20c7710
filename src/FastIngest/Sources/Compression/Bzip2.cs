using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;

namespace FastIngest.Sources.Compression;

/// <summary>bzip2, of one stream or several.</summary>
internal sealed class Bzip2 : Compression
{
    public override string Name => "bzip2";

    public override string Ending => ".bz2";

    public override string TestCommand => "bzip2 -t";

    public override bool Recognises(ReadOnlySpan<byte> magic) => magic is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..];

    public override Stream Open(Stream packed) => BZip2Stream.Create(packed, CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true);
}
