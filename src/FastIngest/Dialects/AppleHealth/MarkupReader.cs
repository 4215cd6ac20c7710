using FastIngest.Sources;

namespace FastIngest.Dialects.AppleHealth;

/// <summary>
/// Moves through the markup of a file from one opening bracket to the next. A piece of markup reaches at most to the next
/// opening bracket, because values contain none, so that reading resumes there after a damaged piece.
/// </summary>
internal sealed class MarkupReader(FileWindow window, int maxRecordBytes)
{
    /// <summary>The number of bytes to read when the window ends.</summary>
    private const int ReadAheadBytes = 64 * 1024;

    private static readonly byte[][] Ends = ["-->"u8.ToArray(), "]]>"u8.ToArray(), "?>"u8.ToArray(), Prolog.Root.ToArray()];

    /// <summary>The index of the end of a document type in <see cref="Ends"/>. It is not a part of what it ends.</summary>
    private const int RootEnd = 3;

    // For each kind of end: there is none that starts in the range from the first to the second offset.
    private readonly (long From, long Until)[] _missing = new (long, long)[Ends.Length];
    private long _pinned = -1;

    /// <summary>The offset in the file, in bytes, that is read next.</summary>
    public long Position { get; set; }

    /// <summary>The bytes from the position to the end of the window.</summary>
    public ReadOnlySpan<byte> Rest => window.Bytes[(int)(Position - window.Offset)..];

    /// <summary>Begins at a position of a file.</summary>
    public void Start(long position)
    {
        Position = position;
        _pinned = -1;
        Array.Clear(_missing);
        Ensure(position);
    }

    /// <summary>Keeps the bytes from the position on in the window until <see cref="Return"/>.</summary>
    public void Pin() => _pinned = Position;

    /// <summary>Moves back to where <see cref="Pin"/> was called.</summary>
    public void Return()
    {
        Position = _pinned;
        _pinned = -1;
    }

    /// <summary>Moves over white space and control characters; false at the end of the file.</summary>
    public bool SkipBlanks()
    {
        while (Ensure(Position))
        {
            ReadOnlySpan<byte> rest = Rest;
            int i = 0;
            while (i < rest.Length && rest[i] <= ' ')
            {
                i++;
            }

            Position += i;
            if (i < rest.Length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the bytes from the position to the next opening bracket after it, or to the end of the file.</summary>
    /// <param name="isCut">Whether there are more bytes than a record may have; only that many are returned.</param>
    public ReadOnlySpan<byte> Region(out bool isCut)
    {
        int searched = 1;
        while (true)
        {
            ReadOnlySpan<byte> region = Rest;
            int next = region.Length > searched ? region[searched..].IndexOf((byte)'<') : -1;
            bool isWhole = next >= 0 || window.ReachesEnd;
            region = next < 0 ? region : region[..(searched + next)];
            isCut = region.Length > maxRecordBytes;
            if (isWhole || isCut)
            {
                return isCut ? region[..maxRecordBytes] : region;
            }

            searched = Math.Max(region.Length, 1);
            Grow(region.Length);
        }
    }

    /// <summary>Moves to the next opening bracket after the position, or to the end of the file.</summary>
    public void SkipRegion()
    {
        Position++;
        while (Ensure(Position))
        {
            ReadOnlySpan<byte> rest = Rest;
            int next = rest.IndexOf((byte)'<');
            Position += next < 0 ? rest.Length : next;
            if (next >= 0)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Moves over a comment, a CDATA section, an instruction or the document type; false when it has no end within the size
    /// of a record. The end of a document type is the tag of the root element, because iOS 16 writes damaged ones.
    /// </summary>
    /// <param name="isInRoot">Whether the position is in the root element, where no document type can be.</param>
    public bool TrySkipSpecial(bool isInRoot)
    {
        // The rest may be shorter than the marks at the end of the window.
        if (Rest.Length < Ends.Length * 3)
        {
            Grow(Rest.Length);
        }

        ReadOnlySpan<byte> rest = Rest;
        return rest.StartsWith("<!--"u8) ? TrySkipTo(0, 4)
            : rest.StartsWith("<![CDATA["u8) ? TrySkipTo(1, 9)
            : rest.StartsWith("<?"u8) ? TrySkipTo(2, 2)
            : !isInRoot && rest.StartsWith("<!DOCTYPE"u8) && TrySkipTo(RootEnd, 9);
    }

    private bool TrySkipTo(int kind, int markBytes)
    {
        byte[] end = Ends[kind];
        ref (long From, long Until) missing = ref _missing[kind];
        long from = Position + markBytes;
        long searched = from >= missing.From ? Math.Max(from, missing.Until) : from;
        while (true)
        {
            ReadOnlySpan<byte> bytes = window.Bytes;
            int start = (int)Math.Min(searched - window.Offset, bytes.Length);
            int found = bytes[start..].IndexOf(end);
            searched = found >= 0 ? window.Offset + start + found : Math.Max(searched, window.Offset + bytes.Length - end.Length + 1);
            bool isTooFar = searched - Position > maxRecordBytes;
            if (found >= 0 && !isTooFar)
            {
                Position = searched + (kind == RootEnd ? 0 : end.Length);
                return true;
            }

            if (isTooFar || window.ReachesEnd)
            {
                missing = (from < missing.From || missing.Until == 0 ? from : missing.From, searched);
                return false;
            }

            Grow(bytes.Length);
        }
    }

    /// <summary>Makes sure that the window has the byte at an offset; false at the end of the file.</summary>
    private bool Ensure(long offset)
    {
        if (offset < window.Offset || offset >= window.Offset + window.Length)
        {
            long from = _pinned < 0 ? offset : _pinned;
            window.MoveTo(from, offset - from + ReadAheadBytes + (_pinned < 0 ? 0 : window.Length));
        }

        return offset < window.Offset + window.Length;
    }

    /// <summary>Moves the window so that it has more than some bytes after the position.</summary>
    private void Grow(int bytes)
    {
        long from = _pinned < 0 ? Position : _pinned;
        window.MoveTo(from, (2 * (Position - from + bytes)) + ReadAheadBytes);
    }
}
