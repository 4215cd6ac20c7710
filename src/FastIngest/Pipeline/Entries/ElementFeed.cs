using FastIngest.Json;
using FastIngest.Lexicon;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>Reads the elements of a JSON array, by the rules of docs/reading.md.</summary>
/// <param name="file">The file.</param>
/// <param name="fileIndex">The 0-based index of the file in the run.</param>
/// <param name="head">The position of the first element.</param>
/// <param name="cleanBatch">The maximum number of records in a batch.</param>
/// <param name="maxRecordBytes">The maximum size of a record in bytes.</param>
internal sealed class ElementFeed(SourceFile file, int fileIndex, FramePosition head, int cleanBatch, int maxRecordBytes) : IRecordFeed
{
    /// <summary>The number of bytes after the requested ones that the last element usually needs.</summary>
    private const int OverrunBytes = 64 * 1024;

    private readonly FileWindow _window = new();
    private readonly LineCounter _lines = new(file);
    private ElementReader? _reader;
    private FramePosition _position = head;
    private long _fileBytes;

    public bool Fill(EntryBatch batch, LargeRecords large, CancellationToken cancellationToken)
    {
        _reader ??= Open();
        batch.FileIndex = fileIndex;
        batch.File = file.Path;
        int filled = 0;
        while (batch.RowCount == 0)
        {
            if (_position.Offset >= file.Length || _position.State.IsDone())
            {
                // The ignored bytes after the last element are also read, because only then a damaged compressed file is detected.
                file.ReadToEnd();
                batch.FileBytes = file.PackedBytesTo(file.Length) - _fileBytes;
                _fileBytes += batch.FileBytes;
                return batch.FileBytes > 0;
            }

            cancellationToken.ThrowIfCancellationRequested();
            long end = Math.Min(_position.Offset + LargeRecords.PieceBytes, file.Length);
            _window.MoveTo(_position.Offset, end - _position.Offset + OverrunBytes);
            _reader.Start(_position, end);
            while (batch.RowCount < cleanBatch && filled <= LargeRecords.PieceBytes && _reader.Next())
            {
                Add(batch, ref filled, large, cancellationToken);
            }

            _position = _reader.Position;
            file.ReleaseBefore(Math.Min(_lines.CountedTo, _position.Offset));
        }

        _window.Release();
        batch.FileBytes = file.PackedBytesTo(_position.Offset) - _fileBytes;
        _fileBytes += batch.FileBytes;
        return true;
    }

    public void Dispose()
    {
        _window.Dispose();
        file.Finish();
    }

    private ElementReader Open()
    {
        _window.Attach(file);
        return new ElementReader(_window, new RecordFields(new FieldNames(false)), maxRecordBytes);
    }

    private void Add(EntryBatch batch, ref int filled, LargeRecords large, CancellationToken cancellationToken)
    {
        ElementReader reader = _reader!;
        bool isTooLarge = reader.Status == ReadStatus.TooLarge || reader.ElementLength > maxRecordBytes;
        int kept = isTooLarge ? (int)Math.Min(reader.ElementLength, CleanStage.KeptRejectBytes) : (int)reader.ElementLength;
        if (batch.Input.Length < filled + kept)
        {
            large.Grow(batch, filled + kept, cancellationToken);
        }

        file.Read(batch.Input.Slice(filled, kept), reader.ElementOffset);
        ref EntryRow row = ref batch.AddRow(filled, kept);
        row.Offset = reader.ElementOffset;
        row.LineNumber = _lines.LineOf(reader.ElementOffset);
        filled += kept;
        if (isTooLarge)
        {
            row.FileLength = reader.ElementLength;
            row.Status = CleaningStatus.NotJson;
            row.Reason = CleanStage.TooLarge;
        }
    }
}
