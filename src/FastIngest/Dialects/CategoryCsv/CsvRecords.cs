using System.Text.Unicode;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>
/// Reads the records of a CSV file one after another, by the rule of docs/reading.md: a record is a line, or several where a quoted
/// cell holds line ends; blank lines are none. A record that cannot be read costs its first line, so that an unclosed quote keeps its neighbours.
/// </summary>
internal sealed class CsvRecords(FileWindow window, int maxRecordBytes)
{
    /// <summary>Bytes brought in at once beyond those that are certainly needed.</summary>
    private const int ReadAheadBytes = 64 * 1024;

    private CsvHeader? _header;
    private long _position;
    private long _endExcl;

    /// <summary>Where in the file the record starts.</summary>
    public long Offset { get; private set; }

    /// <summary>Its bytes, without the end of its line.</summary>
    public long Length { get; private set; }

    /// <summary>Why the record cannot be read; null when it can.</summary>
    public RejectReason? Unread { get; private set; }

    /// <summary>The cells of a record that can be read.</summary>
    public CsvCells Cells { get; } = new();

    /// <summary>The record's bytes, which the cells refer to. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes => window.Bytes.Slice((int)(Offset - window.Offset), (int)Length);

    /// <summary>Where reading stands. After <see cref="Next"/> returned false, the first record that it left.</summary>
    public FramePosition Position => new(_position, FrameState.Top);

    /// <summary>Gets ready to read the records that start from a position on and before an end.</summary>
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

        // Only the first line: behind an unclosed quote there may be good records.
        _position = EndOfLine(Offset);
        Length = _position - Offset;
        Length -= ByteAt(Offset + Length - 1) == '\r' ? 1 : 0;

        Unread = Length > maxRecordBytes ? RejectReason.TooLarge : RejectReason.InvalidCsv;
        return true;
    }

    /// <summary>The start of the first line, at or after an offset, that is not blank; the end of the file if there is none.</summary>
    public long NextLine(long offset)
    {
        if (offset > 0 && ByteAt(offset - 1) != '\n')
        {
            offset = EndOfLine(offset);
        }

        return SkipBlankLines(offset);
    }

    /// <summary>Scans as far as the largest record and the end of its line reach, whatever the window shows.</summary>
    private CsvScan ScanRecord(out int bytes)
    {
        int limit = (int)Math.Min(maxRecordBytes + 2L, Array.MaxLength);
        Show(Offset, 1);
        while (true)
        {
            ReadOnlySpan<byte> shown = window.Bytes[(int)(Offset - window.Offset)..];
            bool isCut = shown.Length > limit;
            CsvScan scan = Cells.Scan(isCut ? shown[..limit] : shown, _header!.Delimiter, window.ReachesEnd && !isCut, out bytes);
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

    /// <summary>Where the line feed of a line stands, or the end of the file.</summary>
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

    /// <summary>Brings bytes from an offset on into the window; false at the end of the file.</summary>
    private bool TryShow(long offset)
    {
        if (offset >= window.FileLength)
        {
            return false;
        }

        Show(offset, 1);

        // Of a file that is unpacked as it is read the length may be known only now.
        return offset < window.FileLength;
    }

    private void Show(long offset, int count)
    {
        if (offset < window.Offset || offset + count > window.Offset + window.Length)
        {
            // What comes next is wanted as well, and the byte before tells where a line ends.
            long from = Math.Max(0, offset - 1);
            window.MoveTo(from, Math.Max(Math.Min(_endExcl - from, int.MaxValue / 2), 0) + ReadAheadBytes);
        }
    }
}
