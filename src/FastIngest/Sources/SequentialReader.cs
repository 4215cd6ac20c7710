namespace FastIngest.Sources;

/// <summary>Reads a file from start to end and releases the memory of bytes already read. Not thread-safe.</summary>
internal sealed class SequentialReader(SourceFile file)
{
    private long _offset;

    /// <summary>The number of bytes read from the file itself; for a compressed file, compressed bytes.</summary>
    public long PackedBytesRead => file.PackedBytesTo(_offset);

    /// <summary>Fills a span and returns the number of bytes read, which is smaller only at the end of the file.</summary>
    /// <exception cref="IngestException">The file is damaged, or it was truncated while it was read.</exception>
    public int Read(Span<byte> destination)
    {
        file.Reach(_offset + destination.Length);
        int count = (int)Math.Min(destination.Length, file.Length - _offset);
        file.Read(destination[..count], _offset);
        _offset += count;
        file.ReleaseBefore(_offset);
        return count;
    }
}
