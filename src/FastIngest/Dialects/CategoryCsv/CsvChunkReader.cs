using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryCsv;

/// <summary>Reads chunks of CSV files.</summary>
internal sealed class CsvChunkReader : ChunkReader
{
    private readonly Category _category;
    private readonly CsvRecords _records;
    private CsvHeader? _header;
    private CsvRecordDecoder? _decoder;

    public CsvChunkReader(Category category, int maxRecordBytes)
        : base(category)
    {
        _category = category;
        _records = new CsvRecords(Window, maxRecordBytes);
    }

    /// <summary>
    /// Guesses that the next line begins a record. If that line is inside a quoted cell, the check against the previous
    /// chunk detects it.
    /// </summary>
    protected override FramePosition? GuessStart(FilePlan plan, long from, long endExcl)
    {
        _records.Start(((CsvFilePlan)plan).Header, from, endExcl);
        long line = Math.Max(_records.NextLine(from), plan.Head.Offset);
        return line < endExcl && line < plan.File.Length ? new FramePosition(line, FrameState.Top) : null;
    }

    protected override bool TryReadKeyAt(FilePlan plan, FramePosition start, out RowKey key)
    {
        CsvRecordDecoder decoder = DecoderFor(plan);
        key = default;
        _records.Start(_header!, start.Offset, start.Offset + 1);
        if (!_records.Next() || _records.Unread is not null)
        {
            return false;
        }

        decoder.Decode(_records.Bytes, _records.Cells, out RecordView view);
        key = new RowKey(view.UserId.ToArray(), view.Day);
        return !view.UserId.IsEmpty && view.Day > RecordView.AmbiguousDay;
    }

    private protected override FramePosition ReadFrom(
        FilePlan plan, FramePosition start, long endExcl, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken)
    {
        CsvRecordDecoder decoder = DecoderFor(plan);
        decoder.DiscardUnknown();
        _records.Start(_header!, start.Offset, endExcl);
        ReadRecords(new Lines(_records, decoder), output, encoders, cancellationToken);
        return _records.Position;
    }

    private CsvRecordDecoder DecoderFor(FilePlan plan)
    {
        CsvHeader header = ((CsvFilePlan)plan).Header;
        if (_decoder is null || _header != header)
        {
            _header = header;
            _decoder = new CsvRecordDecoder(_category, header);
        }

        _decoder.DefaultUser = Rules.DefaultUser;
        return _decoder;
    }

    /// <summary>Presents the lines of the file as records.</summary>
    private readonly struct Lines(CsvRecords records, CsvRecordDecoder decoder) : IRecordReader
    {
        public long Offset => records.Offset;

        public long Length => records.Length;

        public RejectReason? Unread => records.Unread;

        public bool Next() => records.Next();

        public void Decode(out RecordView view) => decoder.Decode(records.Bytes, records.Cells, out view);

        public bool TryGetSampleOfLastKey(out long value)
        {
            value = 0;
            return false;
        }

        public int ReadRun(Span<long> numbers) => 0;

        public void UndoRun()
        {
        }

        public void AcceptRun(int count)
        {
        }

        public void Accept(NameCounts unknown) => decoder.Accept(records.Bytes, records.Cells);

        public void TakeUnknown(NameCounts unknown) => decoder.TakeUnknown(unknown);

        public void CountUnreadable(uint fields, NameCounts unreadable) =>
            decoder.CountUnreadable(records.Bytes, records.Cells, fields, records.Offset, unreadable);
    }
}
