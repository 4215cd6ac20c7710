using System.Text.Unicode;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>
/// Reads the records of a CSV file in order, by the rules of docs/reading.md. A record is one line, or several lines if a
/// quoted cell contains line ends; blank lines are skipped. If a record cannot be read, only its first line is rejected, so
/// that an unclosed quote does not destroy the records after it.
/// </summary>
internal sealed class CsvRecords(FileWindow window, int maxRecordBytes)
{
    /// <summary>The number of bytes read ahead beyond the bytes that are certainly needed.</summary>
    private const int ReadAheadBytes = 64 * 1024;

    private CsvHeader? _header;
    private long _position;
    private long _endExcl;

    /// <summary>The offset in the file at which the record starts.</summary>
    public long Offset { get; private set; }

    /// <summary>The length of the record in bytes, without its line end.</summary>
    public long Length { get; private set; }

    /// <summary>Why the record cannot be read; null when it can.</summary>
    public RejectReason? Unread { get; private set; }

    /// <summary>The cells of a record that can be read.</summary>
    public CsvCells Cells { get; } = new();

    /// <summary>The bytes of the record, which the cells refer to; valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes => window.Bytes.Slice((int)(Offset - window.Offset), (int)Length);

    /// <summary>The current position. After <see cref="Next"/> returned false, it is the first record that was not read.</summary>
    public FramePosition Position => new(_position, FrameState.Top);

    /// <summary>Prepares to read the records that start in [<paramref name="position"/>, <paramref name="endExcl"/>).</summary>
    public void Start(CsvHeader header, long position, long endExcl)
    {
        _header = header;
        _position = position;
        _endExcl = endExcl;
    }

    /// <summary>Reads the next record; false when none starts before the end.</summary>
    public bool Next()
    {
        _position = SkipBlankLines(_position);
        if (_position >= _endExcl || _position >= window.FileLength)
        {
            return false;
        }

        Offset = _position;
        if (ScanRecord(out int bytes) == CsvScan.Record && LengthWithoutLineEnd(bytes) <= maxRecordBytes)
        {
            _position = Offset + bytes;
            Length = LengthWithoutLineEnd(bytes);
            Unread = Cells.Count != _header!.Names.Count ? RejectReason.InvalidCsv : Utf8.IsValid(Bytes) ? null : RejectReason.InvalidText;
            return true;
        }

        // Skip only the first line: after an unclosed quote there may be good records.
        _position = EndOfLine(Offset);
        Length = _position - Offset;
        Length -= ByteAt(Offset + Length - 1) == '\r' ? 1 : 0;

        Unread = Length > maxRecordBytes ? RejectReason.TooLarge : RejectReason.InvalidCsv;
        return true;
    }

    /// <summary>Returns the start of the first non-blank line at or after an offset; the end of the file if there is none.</summary>
    public long NextLine(long offset)
    {
        if (offset > 0 && ByteAt(offset - 1) != '\n')
        {
            offset = EndOfLine(offset);
        }

        return SkipBlankLines(offset);
    }

    /// <summary>Scans the record, and moves the window as far as the largest record and its line end require.</summary>
    private CsvScan ScanRecord(out int bytes)
    {
        int limit = (int)Math.Min(maxRecordBytes + 2L, Array.MaxLength);
        Show(Offset, 1);
        while (true)
        {
            ReadOnlySpan<byte> shown = window.Bytes[(int)(Offset - window.Offset)..];
            bool isCut = shown.Length > limit;
            CsvScan scan = Cells.Scan(isCut ? shown[..limit] : shown, _header!.Delimiter, _header.Names.Count, window.ReachesEnd && !isCut, out bytes);
            if (scan != CsvScan.Incomplete || shown.Length >= limit)
            {
                return scan;
            }

            window.MoveTo(Offset, Math.Max(ReadAheadBytes, shown.Length * 2L));
        }
    }

    private int LengthWithoutLineEnd(int bytes)
    {
        ReadOnlySpan<byte> record = window.Bytes.Slice((int)(Offset - window.Offset), bytes);
        record = record is [.., (byte)'\n'] ? record[..^1] : record;
        return record is [.., (byte)'\r'] ? record.Length - 1 : record.Length;
    }

    /// <summary>Returns the offset of the line feed that ends a line, or the end of the file.</summary>
    private long EndOfLine(long offset)
    {
        while (TryShow(offset))
        {
            int feed = window.Bytes[(int)(offset - window.Offset)..].IndexOf((byte)'\n');
            if (feed >= 0)
            {
                return offset + feed;
            }

            offset = window.Offset + window.Length;
        }

        return window.FileLength;
    }

    private long SkipBlankLines(long offset)
    {
        while (TryShow(offset))
        {
            int text = window.Bytes[(int)(offset - window.Offset)..].IndexOfAnyExcept((byte)'\r', (byte)'\n');
            if (text >= 0)
            {
                return offset + text;
            }

            offset = window.Offset + window.Length;
        }

        return window.FileLength;
    }

    private byte ByteAt(long offset)
    {
        Show(offset, 1);
        return window.Bytes[(int)(offset - window.Offset)];
    }

    /// <summary>Moves the window so that it contains the byte at an offset; false at the end of the file.</summary>
    private bool TryShow(long offset)
    {
        if (offset >= window.FileLength)
        {
            return false;
        }

        Show(offset, 1);

        // The length of a compressed file may only be known now.
        return offset < window.FileLength;
    }

    private void Show(long offset, int count)
    {
        if (offset < window.Offset || offset + count > window.Offset + window.Length)
        {
            // Include the following bytes, which are needed next, and the previous byte, which shows where a line ends.
            long from = Math.Max(0, offset - 1);
            window.MoveTo(from, Math.Max(Math.Min(_endExcl - from, int.MaxValue / 2), 0) + ReadAheadBytes);
        }
    }
}
