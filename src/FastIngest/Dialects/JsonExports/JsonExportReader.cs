using FastIngest.Dialects.Contract;
using FastIngest.Json;
using FastIngest.Sources;

namespace FastIngest.Dialects.JsonExports;

/// <summary>
/// Reads the objects of JSON exports with the shape-learned reader, and gives each to the layout of its file. Chunks are read in
/// parallel, because the start of an object can be guessed.
/// </summary>
internal sealed class JsonExportReader(int maxRecordBytes) : ExportReader
{
    /// <summary>The number of records between two checks for cancellation.</summary>
    private const int CancellationInterval = 1024;

    private readonly Dictionary<FieldNames, (RecordFields Fields, ElementReader Elements)> _readers = [];
    private readonly TextBuffer _scratch = new();

    protected override FramePosition? GuessStart(FilePlan plan, long from, long endExcl)
    {
        JsonExportPlan json = (JsonExportPlan)plan;
        return from == plan.Head.Offset ? plan.Head
            : JsonElements.GuessStart(ReaderOf(json.Layout.Names).Elements, Window, json.Separator, json.GuessedState, from, endExcl);
    }

    protected override FramePosition ReadRecords(FilePlan plan, FramePosition start, long endExcl, RecordReceiver records, CancellationToken cancellationToken)
    {
        JsonLayout layout = ((JsonExportPlan)plan).Layout;
        (RecordFields fields, ElementReader elements) = ReaderOf(layout.Names);
        elements.Start(start, endExcl);
        elements.DiscardUnknown();
        int count = 0;
        while (elements.Next())
        {
            if (++count % CancellationInterval == 0 && cancellationToken.IsCancellationRequested)
            {
                break;
            }

            if (JsonElements.ReasonOf(elements.Status) is { } reason)
            {
                records.Reject(elements.ElementOffset, elements.ElementLength, reason);
                continue;
            }

            _scratch.Clear();
            long notUsed = records.NotUsed;
            layout.Read(new JsonRecord(elements.Element, fields, elements.ElementOffset, _scratch, elements.HasFieldsOnce), records);
            records.EndRecord();
            if (records.NotUsed == notUsed)
            {
                // The fields of a record that is not used do not count once more.
                elements.Accept(1, records.UnknownOf(layout.Category));
            }
        }

        elements.TakeUnknown(records.UnknownOf(layout.Category));
        return elements.Position;
    }

    private (RecordFields Fields, ElementReader Elements) ReaderOf(FieldNames names)
    {
        if (!_readers.TryGetValue(names, out (RecordFields Fields, ElementReader Elements) reader))
        {
            RecordFields fields = new(names);
            _readers.Add(names, reader = (fields, new ElementReader(Window, fields, maxRecordBytes)));
        }

        return reader;
    }
}
