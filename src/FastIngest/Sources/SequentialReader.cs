namespace FastIngest.Sources;

/// <summary>Reads a file, or a range of its bytes, from start to end and releases the memory of bytes already read. Not thread-safe.</summary>
/// <param name="file">The file.</param>
/// <param name="from">The offset of the first byte.</param>
/// <param name="to">The offset after the last byte; the end of the file is the end of the range, too.</param>
internal sealed class SequentialReader(SourceFile file, long from = 0, long to = long.MaxValue)
{
    private long _offset = from;

    /// <summary>The number of bytes read from the file itself; for a compressed file, compressed bytes.</summary>
    public long PackedBytesRead => file.PackedBytesTo(_offset);

    /// <summary>Fills a span and returns the number of bytes read, which is smaller only at the end.</summary>
    /// <exception cref="IngestException">The file is damaged, or it was truncated while it was read.</exception>
    public int Read(Span<byte> destination)
    {
        long wanted = Math.Min(destination.Length, to - _offset);
        file.Reach(_offset + wanted);
        int count = (int)Math.Min(wanted, file.Length - _offset);
        file.Read(destination[..count], _offset);
        _offset += count;
        file.ReleaseBefore(_offset);
        return count;
    }
}
