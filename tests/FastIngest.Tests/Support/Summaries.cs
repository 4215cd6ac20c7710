using System.Text;
using FastIngest.Dialects.CategoryJson;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Samples;
using FastIngest.Shuffle;

namespace FastIngest.Tests.Support;

/// <summary>Maps and reduces records without files, with one partition and one chunk per category.</summary>
internal sealed class Summaries : IRowReceiver
{
    private readonly SummaryBatch _batch = new();

    private Summaries()
    {
    }

    /// <summary>Returns a number of the only row; null when it has none.</summary>
    public double? this[int slot] => double.IsNaN(_batch.Rows[0].Numbers[slot]) ? null : _batch.Rows[0].Numbers[slot];

    public string? Text(int slot) => _batch.Rows[0].Texts[slot].IsNull ? null : Encoding.UTF8.GetString(_batch.Text(_batch.Rows[0].Texts[slot]));

    /// <summary>Returns the rows of records, all of which must be valid.</summary>
    public static Summaries Of(Category category, params string[] records)
    {
        PartitionBoundaries boundaries = PartitionBoundaries.FromSample([], 1);
        MapOutput output = new(boundaries);
        EventWriter writer = new(category);
        foreach (string record in records)
        {
            Assert.Null(Map(writer, category, record, output));
        }

        writer.Flush(output);
        Summaries summaries = new();
        byte[] bytes = output[0].Bytes.ToArray();
        PartitionReducer reducer = new(maxRuns: 1000, batchRows: 1000, batchTextBytes: 1 << 19, repeats: default, SourcePolicy.Largest);
        Assert.True(reducer.TryRead(bytes, [new SegmentRef(new SegmentId((int)category, 0, 0), 0, bytes.Length)]));
        reducer.Reduce(KeyRange.All, bytes, summaries, CancellationToken.None);
        Assert.Equal(records.Length, reducer.Aggregated[(int)category]);
        return summaries;
    }

    public static RejectReason? Map(EventWriter writer, Category category, string record, MapOutput output)
    {
        RecordFields fields = new(RecordSchema.Of(category).Names);
        Assert.Equal(ReadStatus.Object, GeneralReader.Read(record.Bytes(), true, fields, out _));
        new JsonRecordDecoder(category).Decode(record.Bytes(), fields, out RecordView view);
        return writer.Write(view, output);
    }

    public SummaryBatch Rent() => _batch;

    public void Deliver(SummaryBatch batch)
    {
    }
}
