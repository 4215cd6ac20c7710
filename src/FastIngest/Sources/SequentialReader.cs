namespace FastIngest.Sources;

/// <summary>Reads a file from its beginning to its end, and lets go of what it has read. Not thread-safe.</summary>
internal sealed class SequentialReader(SourceFile file)
{
    private long _offset;

    /// <summary>Bytes taken from the file itself so far; of a compressed one, compressed bytes.</summary>
    public long PackedBytesRead => file.PackedBytesTo(_offset);

    /// <summary>Fills a span as far as there are bytes; less only at the end.</summary>
    /// <exception cref="IngestException">The file is damaged or became shorter.</exception>
    public int Read(Span<byte> destination)
    {
        file.Reach(_offset + destination.Length);
        int count = (int)Math.Min(destination.Length, file.Length - _offset);
        file.Read(destination[..count], _offset);
        _offset += count;
        file.Forget(_offset);
        return count;
    }
}
