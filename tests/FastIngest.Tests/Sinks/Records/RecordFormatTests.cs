using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sinks.Records;
using FastIngest.Sinks.Summaries;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Sinks.Records;

/// <summary>Sinks receive the records of a run in their own format.</summary>
public sealed class RecordFormatTests
{
    [Fact]
    public async Task Every_format_gets_every_accepted_record_and_its_sinks_share_the_batches()
    {
        using TemporaryFolder folder = new();
        LineFormat lines = new();
        LineFormat others = new();
        RecordingSink[] sinks = [new(lines), new(lines), new(others), new(null)];
        IngestOptions options = new() { Paths = [TestData.Health("compact")], RejectsPath = folder.File("rejects.ndjson"), ChunkBytes = 500, Workers = 2 };

        IngestReport report = await HealthIngest.RunAsync(options, sinks, null, TestContext.Current.CancellationToken);

        long accepted = report.Categories.Where(c => c.Category != Category.Users).Sum(c => c.Aggregated);
        Assert.True(accepted > 0);
        Assert.All(sinks[..3], s => Assert.Equal(accepted, s.Records.Count));
        Assert.Equal(sinks[0].Records.Order(StringComparer.Ordinal), sinks[2].Records.Order(StringComparer.Ordinal));
        Assert.Equal(sinks[0].Batches, sinks[1].Batches);
        Assert.Empty(sinks[0].Batches.Intersect(sinks[2].Batches));
        Assert.Empty(sinks[3].Records);
        Assert.All(sinks[0].Records, r => Assert.StartsWith("user_", r, StringComparison.Ordinal));
    }

    /// <summary>Records as texts.</summary>
    private sealed class LineFormat : IRecordFormat
    {
        public Func<RecordBatch> CreateBatches(int pieceBytes) => () => new Batch(this);

        public RecordEncoder CreateEncoder(Category category) => new Encoder();

        private sealed class Encoder : RecordEncoder
        {
            private Batch? _batch;

            public override void Begin(RecordBatch batch) => _batch = (Batch)batch;

            public override void Write(scoped in RecordView record)
            {
                _batch!.Records.Add($"{Encoding.UTF8.GetString(record.UserId)} {Encoding.UTF8.GetString(record.Timestamp)}");
                _batch.Rows++;
            }
        }
    }

    private sealed class Batch(LineFormat format) : RecordBatch
    {
        public override IRecordFormat Format => format;

        public List<string> Records { get; } = [];

        public override void Save(BinaryWriter output) => throw new NotSupportedException();

        public override void Load(BinaryReader input) => throw new NotSupportedException();

        public override void Clear()
        {
            base.Clear();
            Records.Clear();
        }
    }

    private sealed class RecordingSink(LineFormat? format) : ISummarySink, IRecordSink
    {
        public List<string> Records { get; } = [];

        public List<RecordBatch> Batches { get; } = [];

        public string DisplayName => "records";

        public IRecordFormat? RecordFormat => format;

        public ValueTask OpenAsync(SinkRun run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WriteRecordsAsync(RecordBatch batch, CancellationToken cancellationToken)
        {
            Assert.Same(format, batch.Format);
            Batches.Add(batch);
            Records.AddRange(((Batch)batch).Records);
            return ValueTask.CompletedTask;
        }

        public ValueTask WriteAsync(SummaryBatch batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<SinkResult> CompleteAsync(RunFigures figures, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new SinkResult(figures.Rows, figures.Rows, 0, 0));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
