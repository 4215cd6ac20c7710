namespace FastIngest.Sources;

/// <summary>Tells in which line of a file an offset lies, for offsets that do not fall, by reading the file once more.</summary>
public sealed class LineCounter(SourceFile file)
{
    private const int PieceBytes = 64 * 1024;

    private readonly byte[] _piece = new byte[PieceBytes];
    private long _lineNumber = 1;

    /// <summary>Nothing before this offset is read again.</summary>
    public long CountedTo { get; private set; }

    /// <summary>The line, from 1.</summary>
    public long LineOf(long offset)
    {
        (long from, long feeds) = file.CountedBefore(offset);
        if (from > CountedTo)
        {
            CountedTo = from;
            _lineNumber = feeds + 1;
        }

        while (CountedTo < offset)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min(PieceBytes, offset - CountedTo));
            file.Read(piece, CountedTo);
            _lineNumber += piece.Count((byte)'\n');
            CountedTo += piece.Length;
        }

        return _lineNumber;
    }
}
