namespace FastIngest.Sources.Compression;

/// <summary>
/// A stream that reads another one in large pieces, because its reader asks for single bytes, and remembers whether the reader
/// asked for more bytes than there are. Does not close the other stream.
/// </summary>
internal sealed class EndWatch(Stream stream) : ReadOnlyStream
{
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start, _end;

    public bool IsEndReached { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_start == _end && !Fill()))
        {
            return 0;
        }

        int count = Math.Min(_end - _start, buffer.Length);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override int ReadByte() => _start < _end || Fill() ? _buffer[_start++] : -1;

    private bool Fill()
    {
        _start = 0;
        _end = stream.Read(_buffer);
        IsEndReached |= _end == 0;
        return _end > 0;
    }
}
