namespace FastIngest.Sources.Compression;

/// <summary>A stream whose first bytes have been read already and are returned once more. It owns the stream.</summary>
internal sealed class PrefixedStream : ReadOnlyStream
{
    private readonly byte[] _prefix;
    private readonly Stream _rest;
    private int _position;

    private PrefixedStream(byte[] prefix, Stream rest) => (_prefix, _rest) = (prefix, rest);

    /// <summary>The first bytes.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix;

    /// <summary>Reads up to <paramref name="count"/> bytes of a stream.</summary>
    public static PrefixedStream Peek(Stream stream, int count)
    {
        byte[] prefix = new byte[count];
        int length = stream.ReadAtLeast(prefix, count, throwOnEndOfStream: false);
        return new PrefixedStream(prefix[..length], stream);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position == _prefix.Length)
        {
            return _rest.Read(buffer);
        }

        int count = Math.Min(buffer.Length, _prefix.Length - _position);
        _prefix.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
