namespace FastIngest.Sources;

/// <summary>Computes the line number of an offset in a file by counting line feeds. Offsets must not decrease from call to call.</summary>
public sealed class LineCounter(SourceFile file)
{
    private const int PieceBytes = 64 * 1024;

    private readonly byte[] _piece = new byte[PieceBytes];
    private long _lineNumber = 1;

    /// <summary>Bytes before this offset are counted and will not be read once more.</summary>
    public long CountedTo { get; private set; }

    /// <summary>The 1-based line number of a byte offset.</summary>
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
