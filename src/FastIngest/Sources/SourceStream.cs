using FastIngest.Sources.Compression;

namespace FastIngest.Sources;

/// <summary>Presents an open file as a seekable stream, for decompression libraries. Does not close the file.</summary>
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
