namespace FastIngest.Sources;

/// <summary>Tells in which line of a file an offset lies, for offsets that do not fall, by reading the file once more.</summary>
public sealed class LineCounter(SourceFile file)
{
    private const int PieceBytes = 64 * 1024;

    private readonly byte[] _piece = new byte[PieceBytes];
    private long _countedTo;
    private long _lineNumber = 1;

    /// <summary>The line, from 1.</summary>
    public long LineOf(long offset)
    {
        while (_countedTo < offset)
        {
            Span<byte> piece = _piece.AsSpan(0, (int)Math.Min(PieceBytes, offset - _countedTo));
            file.Read(piece, _countedTo);
            _lineNumber += piece.Count((byte)'\n');
            _countedTo += piece.Length;
        }

        return _lineNumber;
    }
}
