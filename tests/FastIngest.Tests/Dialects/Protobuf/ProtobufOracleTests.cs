using FastIngest.Dialects.Protobuf;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Storage.Protobuf;
using FastIngest.Tests.Pipeline;
using FastIngest.Tests.Support;
using FastIngest.V1;
using Google.Protobuf;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects.Protobuf;

/// <summary>Google.Protobuf reads what this program writes, and this program reads what Google.Protobuf writes, in any valid form.</summary>
public sealed class ProtobufOracleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tests/data/health/default")]
    [InlineData("tests/data/health/quirks")]
    [InlineData("tests/data/dialects/apple-health/apple_health_export")]
    [InlineData("tests/data/dialects/fitbit")]
    [InlineData("tests/data/dialects/google-fit/Takeout")]
    [InlineData("tests/data/dialects/health-auto-export")]
    [InlineData("tests/data/dialects/fhir")]
    public void Google_Protobuf_reads_the_records_that_were_written(string input) => Agree(new IngestOptions { Paths = [Path.Combine(TestData.Root, input)], Workers = 1 });

    [Fact]
    public void Google_Protobuf_reads_random_records_that_were_written() => Fuzz.Run(77, 40, random =>
    {
        using TemporaryFolder folder = new(inMemory: true);
        foreach (FastIngest.Health.Category category in Categories.Named)
        {
            folder.Write($"{category.Name()}.json", new RandomDocument(random, category).Bytes);
        }

        Agree(new IngestOptions { Paths = [folder.Path], ChunkBytes = random.OneIn(2) ? 200 : 0, Workers = 1 });
    });

    /// <summary>Fields in another order, columns in pieces or not packed, messages in pieces, numbers with more bytes than needed, and fields that nobody knows.</summary>
    [Fact]
    public void Any_valid_form_of_the_messages_gives_the_same_rows() => Fuzz.Run(88, 60, random =>
    {
        string input = Path.Combine(TestData.Root, random.OneIn(2) ? "tests/data/dialects/protobuf/export/phone.pb" : "tests/data/dialects/protobuf/export/records.pb");
        RunResult expected = Run.Ingest(new IngestOptions { Paths = [input] });
        using MemoryStream stream = new();
        bool hasUnknown = random.OneIn(2);
        foreach (Frame frame in ProtobufFile.Frames(File.ReadAllBytes(input)))
        {
            byte[] message = OtherForms.Of(random, frame.ToByteArray(), Frame.Descriptor, hasUnknown);
            Assert.Equal(frame, Frame.Parser.WithDiscardUnknownFields(true).ParseFrom(message));
            using CodedOutputStream output = new(stream, leaveOpen: true);
            output.WriteLength(message.Length);
            output.Flush();
            stream.Write(message);
        }

        string path = _folder.Write("other.pb", stream.ToArray());
        foreach ((int workers, int chunkBytes) in ((int, int)[])[(1, 0), (3, 300)])
        {
            RunResult read = Run.Ingest(new IngestOptions { Paths = [path], From = new ProtobufDialect(), Workers = workers, ChunkBytes = chunkBytes });
            Same.Text(expected.Rows, read.Rows, $"{workers} workers, chunks of {chunkBytes} bytes");
            Same.Text("", read.Rejects, "the rejects");
            Assert.Equal(hasUnknown, read.Report.Fields.Count > 0);
        }
    });

    [Fact]
    public void Google_Protobuf_writes_a_file_that_is_recognised_and_read()
    {
        string path = _folder.Write("rates.pb", ProtobufFile.Of(ProtobufFile.HeartRates()));
        RunResult run = Run.Ingest(new IngestOptions { Paths = [path] });
        Assert.Equal((3, 1), (run.Report.Aggregated, run.Report.Rows));
        Assert.Matches("\"hr_mean\": 62(\\.0)?,", run.Rows);
        Assert.Matches("\"hr_max\": 64(\\.0)?,", run.Rows);
        Assert.Equal("", run.Rejects);
    }

    [Fact]
    public void The_end_says_how_many_records_and_batches_a_file_has()
    {
        string path = _folder.File("records.pb");
        RunResult written = ProtobufFile.Write(new IngestOptions { Paths = [TestData.Health("default")] }, path);
        IReadOnlyList<Frame> frames = ProtobufFile.Frames(File.ReadAllBytes(path));
        Assert.Equal("FastIngest records", frames[0].Header.Format);
        Assert.Equal((ulong)written.Report.Aggregated, frames[^1].End.Records);
        Assert.Equal((ulong)frames.Count - 2, frames[^1].End.Batches);
        Assert.All(frames, f => Assert.Equal(ProtobufFile.Sync, f.Sync));
    }

    private static void Agree(IngestOptions options)
    {
        using TemporaryFolder folder = new(inMemory: true);
        string path = folder.File("records.pb");
        OracleRecords.Sink lines = new();
        ProtobufSink sink = new(path, () => Stream.Null, Path.GetTempPath());
        Run.Ingest(options, sink, lines);
        sink.DisposeAsync().AsTask().GetAwaiter().GetResult();
        string[] read = [.. OracleRecords.Lines(ProtobufFile.Frames(File.ReadAllBytes(path)))];
        Assert.Equal(lines.Lines.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }
}
