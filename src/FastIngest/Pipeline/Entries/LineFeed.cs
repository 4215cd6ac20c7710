using FastIngest.Lexicon;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>
/// Reads the lines of a file as records. White space around a line is not part of its record; blank lines are skipped.
/// <code>
/// bytes of the file    …a line\n another line\n the beginning of a thi│rd line\n
/// batch                [previous tail ][read now                        ]
///                       └ records, to the last line feed ┘└ next tail ──┘
/// </code>
/// </summary>
/// <param name="range">The file, or some of its lines.</param>
/// <param name="cleanBatch">The maximum number of records in a batch.</param>
/// <param name="maxRecordBytes">The maximum size of a record in bytes.</param>
internal sealed class LineFeed(FileRange range, int cleanBatch, int maxRecordBytes) : IRecordFeed
{
    private static readonly byte[] Bom = [0xEF, 0xBB, 0xBF];

    private readonly SequentialReader _source = new(range.File, range.From, range.To);
    private byte[] _tail = [];
    private int _tailLength;
    private long _offset = range.From;
    private long _lineNumber = 1;
    private long _fileBytes = range.From == 0 ? 0 : range.File.PackedBytesTo(range.From);
    private bool _isEnded;

    /// <summary>The number of lines that are read.</summary>
    public long Lines => _lineNumber - 1;

    public bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken)
    {
        if (_isEnded && _tailLength == 0)
        {
            return false;
        }

        batch.FileIndex = range.FileIndex;
        batch.File = range.File.Path;
        _tail.AsSpan(0, _tailLength).CopyTo(batch.Input);
        int filled = _tailLength + Read(batch.Input[_tailLength..LargeRecords.PieceBytes]);
        if (filled == 0)
        {
            // The previous read filled the buffer exactly, so that the end of the file is noticed only now.
            return SetFileBytes(batch);
        }

        int end = _isEnded ? filled : batch.Input[..filled].LastIndexOf((byte)'\n') + 1;
        if (end == 0)
        {
            end = ReadLongLine(batch, ref filled, large, cancellationToken);
        }

        if (end > 0)
        {
            int used = AddLines(batch, end);
            _offset += used;
            Keep(batch.Input[used..filled]);
        }
        else
        {
            SkipLine(batch, filled, cancellationToken);
        }

        SetFileBytes(batch);
        return true;
    }

    public void Dispose() => range.File.Finish();

    /// <summary>Sets the number of file bytes that the batch represents; returns whether the batch represents any.</summary>
    private bool SetFileBytes(EntryBatch batch)
    {
        batch.FileBytes = _source.PackedBytesRead - _fileBytes;
        _fileBytes += batch.FileBytes;
        return batch.FileBytes > 0;
    }

    private int Read(Span<byte> destination)
    {
        int read = _isEnded ? 0 : _source.Read(destination);
        _isEnded |= read < destination.Length;
        return read;
    }

    private void Keep(ReadOnlySpan<byte> tail)
    {
        if (_tail.Length < tail.Length)
        {
            _tail = new byte[LargeRecords.PieceBytes];
        }

        tail.CopyTo(_tail);
        _tailLength = tail.Length;
    }

    /// <summary>Reads to the end of a line that is longer than a batch; -1 when the line is too large.</summary>
    private int ReadLongLine(EntryBatch batch, ref int filled, LargeRecords large, CancellationToken cancellationToken)
    {
        // Slightly more than the largest record, to allow for the white space around it.
        long limit = (long)maxRecordBytes + LargeRecords.PieceBytes;
        while (filled < limit)
        {
            if (filled == batch.Input.Length)
            {
                large.Grow(batch, (int)Math.Min(limit, filled * 2L), cancellationToken);
            }

            int wanted = Math.Min(LargeRecords.PieceBytes, batch.Input.Length - filled);
            int read = Read(batch.Input.Slice(filled, wanted));
            int feed = batch.Input.Slice(filled, read).IndexOf((byte)'\n');
            filled += read;
            if (feed >= 0 || _isEnded)
            {
                return feed >= 0 ? filled - read + feed + 1 : filled;
            }
        }

        return -1;
    }

    /// <summary>Adds the beginning of a line that is too large, and skips the rest of the line, using the buffer after that beginning.</summary>
    private void SkipLine(EntryBatch batch, int filled, CancellationToken cancellationToken)
    {
        Span<byte> room = batch.Input[^LargeRecords.PieceBytes..];
        long length = filled;
        Keep([]);
        while (!_isEnded)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = Read(room);
            int feed = room[..read].IndexOf((byte)'\n');
            length += feed < 0 ? read : feed;
            if (feed >= 0)
            {
                Keep(room[feed..read]);
                break;
            }
        }

        ref EntryRow row = ref batch.AddRow(0, CleanStage.KeptRejectBytes);
        Reject(ref row, length);
        row.Offset = _offset;
        row.LineNumber = _lineNumber;
        _offset += length;
    }

    /// <summary>Adds the records of complete lines, up to the maximum of a batch; returns where the remaining bytes begin.</summary>
    private int AddLines(EntryBatch batch, int end)
    {
        ReadOnlySpan<byte> input = batch.Input[..end];
        int at = _offset == 0 && input.StartsWith(Bom) ? Bom.Length : 0;
        while (at < end && batch.RowCount < cleanBatch)
        {
            int feed = input[at..].IndexOf((byte)'\n');
            int lineEnd = feed < 0 ? end : at + feed;
            ReadOnlySpan<byte> line = input[at..lineEnd];
            int leading = line.IndexOfAnyExcept(" \t\r\n"u8);
            if (leading >= 0)
            {
                int length = line.LastIndexOfAnyExcept(" \t\r\n"u8) + 1 - leading;
                ref EntryRow row = ref batch.AddRow(at + leading, Math.Min(length, maxRecordBytes));
                row.Offset = _offset + at + leading;
                row.LineNumber = _lineNumber;
                if (length > maxRecordBytes)
                {
                    Reject(ref row, length);
                }
            }

            _lineNumber++;
            at = feed < 0 ? end : lineEnd + 1;
        }

        return at;
    }

    private static void Reject(ref EntryRow row, long length)
    {
        row.Status = CleaningStatus.NotJson;
        row.Reason = CleanStage.TooLarge;
        row.FileLength = length;
    }
}
