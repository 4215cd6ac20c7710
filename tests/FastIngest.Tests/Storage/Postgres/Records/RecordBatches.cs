using System.Text;
using FastIngest.Dialects.CategoryJson;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Shuffle;
using FastIngest.Sinks.Records;
using FastIngest.Storage.Postgres.Records;
using FastIngest.Storage.Postgres.Summaries;

namespace FastIngest.Tests.Storage.Postgres.Records;

/// <summary>Creates batches of records as the map phase sends them to a sink.</summary>
internal static class RecordBatches
{
    /// <summary>Creates a batch; all records must be valid.</summary>
    public static CopyRecordBatch Of(Category category, IEnumerable<string> records, int pieceBytes = 1 << 10)
    {
        CopyRecordBatch batch = new([], pieceBytes) { Category = category };
        EventWriter writer = new(category);
        JsonRecordDecoder decoder = new(category);
        CopyRecordEncoder encoder = new(category);
        encoder.Begin(batch);
        RecordFields fields = new(RecordSchema.Of(category).Names);
        MapOutput output = new(PartitionBoundaries.FromSample([], 1));
        foreach (string record in records)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(record);
            Assert.Equal(ReadStatus.Object, GeneralReader.Read(bytes, true, fields, out _));
            decoder.Decode(bytes, fields, out RecordView view);
            Assert.Null(writer.Write(view, output));
            encoder.Write(view);
        }

        return batch;
    }

    public static ValueTask WriteRecordsAsync(this PostgresSink sink, Category category, params string[] records) =>
        ((IRecordSink)sink).WriteRecordsAsync(Of(category, records), CancellationToken.None);
}
