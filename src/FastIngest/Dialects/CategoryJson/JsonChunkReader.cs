using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Sources;

namespace FastIngest.Dialects.CategoryJson;

/// <summary>Reads chunks of JSON files.</summary>
internal sealed class JsonChunkReader : ChunkReader
{
    private readonly RecordFields _fields;
    private readonly ElementReader _elements;
    private readonly JsonRecordDecoder _decoder;

    public JsonChunkReader(Category category, int maxRecordBytes)
        : base(category)
    {
        _fields = new RecordFields(RecordSchema.Of(category).Names);
        _elements = new ElementReader(Window, _fields, maxRecordBytes) { EndsAtNextWrapper = true };
        _decoder = new JsonRecordDecoder(category);
    }

    protected override FramePosition? GuessStart(FilePlan plan, long from, long endExcl)
    {
        JsonFilePlan json = (JsonFilePlan)plan;
        return JsonElements.GuessStart(_elements, Window, json.Separator, json.GuessedState, from, endExcl);
    }

    protected override bool TryReadKeyAt(FilePlan plan, FramePosition start, out RowKey key)
    {
        key = default;
        _elements.Start(start, start.Offset + 1);
        RecordView view = default;
        _decoder.Reset();
        _decoder.DefaultUser = plan.User ?? Rules.DefaultUser;
        if (!_elements.Next() || _elements.Status != ReadStatus.Object || !_decoder.TryDecodeKey(_elements.Element, _fields, ref view))
        {
            return false;
        }

        key = new RowKey(view.UserId.ToArray(), view.Day);
        return true;
    }

    private protected override FramePosition ReadFrom(
        FilePlan plan, FramePosition start, long endExcl, ChunkOutput output, RecordEncoder[] encoders, CancellationToken cancellationToken)
    {
        _decoder.Reset();
        _decoder.DefaultUser = plan.User ?? Rules.DefaultUser;
        _elements.Start(start, endExcl);
        _elements.DiscardUnknown();
        ReadRecords(new Elements(_elements, _fields, _decoder), output, encoders, cancellationToken);
        return _elements.Position;
    }

    /// <summary>Presents the elements of the file as records.</summary>
    private readonly struct Elements(ElementReader elements, RecordFields fields, JsonRecordDecoder decoder) : IRecordReader
    {
        public long Offset => elements.ElementOffset;

        public long Length => elements.ElementLength;

        public RejectReason? Unread => elements.Status == ReadStatus.Object ? null : JsonElements.ReasonOf(elements.Status);

        public bool Next() => elements.Next();

        public void Decode(out RecordView view) => decoder.Decode(elements.Element, fields, out view);

        public bool TryGetSampleOfLastKey(out long value) => decoder.TryGetSampleOfLastKey(elements.Element, fields, out value);

        public int ReadRun(Span<long> numbers) => elements.ReadRun(decoder.RunKey, RecordSchema.FirstOwn, numbers);

        public void UndoRun() => elements.UndoRun();

        public void Accept(int records, NameCounts unknown) => elements.Accept(records, unknown);

        public void TakeUnknown(NameCounts unknown) => elements.TakeUnknown(unknown);

        public void CountUnreadable(uint unreadable, NameCounts counts) =>
            decoder.CountUnreadable(elements.Element, fields, unreadable, elements.ElementOffset, counts);
    }
}
