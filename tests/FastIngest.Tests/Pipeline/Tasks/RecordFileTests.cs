using FastIngest.Health;
using FastIngest.Pipeline.Tasks;
using FastIngest.Shuffle.Shared;
using FastIngest.Sinks.Records;
using FastIngest.Storage.Postgres.Records;
using FastIngest.Storage.Protobuf;
using FastIngest.Tests.Storage.Postgres.Records;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline.Tasks;

/// <summary>The records of a map task come back as they were, in every format, and no wrong byte in their file stays unseen.</summary>
public sealed class RecordFileTests : IDisposable
{
    private static readonly RepeatRule Repeats = new(5, 3, 1);

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _run = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Records_come_back_in_their_order()
    {
        string path = _folder.File("records");
        RecordBatch[] batches = Batches();
        long length = Write(path, batches);
        Assert.Equal(new FileInfo(path).Length, length);
        List<string> found = [];
        Reader(path).RequireWhole(length);
        Reader(path).Read(Empty(), (format, batch) => found.Add($"{format} {Describe(batch)} {batch.Repeats == Repeats}"));
        Assert.Equal([.. batches.Select((b, i) => $"{i % 2} {Describe(b)} True")], found);
    }

    [Fact]
    public void A_wrong_byte_anywhere_is_an_error_that_names_the_file()
    {
        string path = _folder.File("records");
        long length = Write(path, Batches());
        WrongBytes.AreNoticed(path, 7, () => Reader(path).Read(Empty(), (_, _) => { }));
        Assert.StartsWith(path, Assert.Throws<IngestException>(() => Reader(path).RequireWhole(length)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_of_another_task_or_run_is_an_error_that_says_so()
    {
        string path = _folder.File("records");
        long length = Write(path, Batches());
        Assert.Contains("is that of task 3, not of task 4", Fault(_run, 4), StringComparison.Ordinal);
        Assert.Contains("is that of another run or version", Fault([.. _run[..31], 0], 3), StringComparison.Ordinal);
        File.Delete(path);
        Assert.Contains("cannot be read", Fault(_run, 3), StringComparison.Ordinal);

        string Fault(byte[] run, int task) => Assert.Throws<IngestException>(
            () => new RecordFileReader(path, () => new LocalSharedFile(path), run, task, Repeats).RequireWhole(length)).Message;
    }

    /// <summary>Batches of two formats in turn.</summary>
    private static RecordBatch[] Batches()
    {
        string[] records = [.. Enumerable.Range(0, 5).Select(i => $$"""{"user_id": "ada\u0000{{i}}", "timestamp": "2024-0{{1 + i}}-01T08:00:00", "value": {{60 + i}}}""")];
        CopyRecordBatch first = RecordBatches.Of(Category.HeartRate, records, pieceBytes: 40), last = RecordBatches.Of(Category.HeartRate, records[..1]);
        (first.Place, first.FileIndex, first.Rows) = (new RecordPlace(2, 1, 7), 2, 5);
        (last.Place, last.Rows) = (new RecordPlace(3, 0, 0), 1);
        Assert.True(first.Pieces.Count > 1 && first.Months.Count == 5 && first.RemovedNuls > 0, "The batch shows nothing.");
        return [first, Messages(4), last, Messages(0)];
    }

    private static ProtobufRecordBatch Messages(int count)
    {
        ProtobufRecordBatch batch = new(100) { Category = Category.Users, Place = new RecordPlace(1, 0, count), Rows = count };
        for (int i = 0; i < count; i++)
        {
            int start = batch.Writer.Length;
            batch.Writer.Bytes(1, System.Text.Encoding.UTF8.GetBytes(new string('x', i * 50)));
            batch.Add(start, file: i % 2, records: i);
        }

        return batch;
    }

    private static RecordBatch[] Empty() => [CopyRecordFormat.Instance.CreateBatches(64)(), ProtobufRecordFormat.Instance.CreateBatches(64)()];

    private static string Describe(RecordBatch batch) => $"{batch.Category} {batch.FileIndex} {batch.Place} {batch.Rows} " + batch switch
    {
        CopyRecordBatch copy => $"{copy.RemovedNuls} {copy.LongestUserId} {string.Join(',', copy.Months)} {string.Join(',', copy.Pieces.Select(p => Convert.ToHexString(p.WrittenSpan)))}",
        ProtobufRecordBatch messages => string.Join(',', messages.Encoded.Select(e => $"{e} {Convert.ToHexString(messages.BytesOf(e).Span)}")),
        _ => "?",
    };

    private RecordFileReader Reader(string path) => new(path, () => new LocalSharedFile(path), _run, 3, Repeats);

    private long Write(string path, RecordBatch[] batches)
    {
        using RecordFileWriter writer = new(new LocalSharedOutput(path), _run, 3);
        for (int i = 0; i < batches.Length; i++)
        {
            writer.Write(i % 2, batches[i]);
        }

        writer.Complete();
        return writer.Length;
    }
}
