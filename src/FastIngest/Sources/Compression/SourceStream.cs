namespace FastIngest.Sources.Compression;

/// <summary>An open file as a stream that can seek, for libraries that unpack. The file stays open.</summary>
internal sealed class SourceStream(SourceFile file) : ReadOnlyStream
{
    private long _position;

    public override bool CanSeek => true;

    public override long Length => file.Length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Clamp(file.Length - _position, 0, buffer.Length);
        file.Read(buffer[..count], _position);
        _position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };
}
