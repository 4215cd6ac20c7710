namespace FastIngest.Sources.Compression;

/// <summary>A stream that remembers whether its reader asked for more bytes than it has. Does not close the stream.</summary>
internal sealed class EndWatch(Stream stream) : ReadOnlyStream
{
    public bool IsEndReached { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int count = stream.Read(buffer);
        IsEndReached |= count == 0 && !buffer.IsEmpty;
        return count;
    }
}
