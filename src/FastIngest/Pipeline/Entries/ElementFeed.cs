using FastIngest.Json;
using FastIngest.Lexicon;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>The elements of a JSON array, by the rule of docs/reading.md.</summary>
/// <param name="file">The file.</param>
/// <param name="fileIndex">Its place among those of the run.</param>
/// <param name="head">Where the elements begin.</param>
/// <param name="cleanBatch">Records for one batch, at most.</param>
/// <param name="maxRecordBytes">The largest record.</param>
internal sealed class ElementFeed(SourceFile file, int fileIndex, FramePosition head, int cleanBatch, int maxRecordBytes) : IRecordFeed
{
    /// <summary>Bytes behind those that are asked for that the last element may reach into, as a rule.</summary>
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
            if (_position.Offset >= file.Length || _position.State == FrameState.Done)
            {
                // What is ignored behind the last element is read, too, as far as that tells whether the file is whole.
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
            file.Forget(Math.Min(_lines.CountedTo, _position.Offset));
        }

        _window.Leave();
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
