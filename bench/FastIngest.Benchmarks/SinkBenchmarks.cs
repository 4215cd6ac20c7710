using BenchmarkDotNet.Attributes;
using FastIngest.Health;
using FastIngest.Sinks.Summaries;
using FastIngest.Storage.Ndjson;
using FastIngest.Storage.Sqlite.Summaries;

namespace FastIngest.Benchmarks;

/// <summary>Writes finished rows to a target, from opening to the end of the sync. Bytes are those of the rows' texts.</summary>
public class SinkBenchmarks
{
    private readonly AllBatches _rows = new();
    private string _database = "";

    [GlobalSetup]
    public void Open()
    {
        MappedPartition partition = new();
        PartitionReducer reducer = MappedPartition.NewReducer();
        partition.Reduce(reducer, _rows);
        _database = SampleData.Scratch("sink.db");
        Volume.Set(typeof(SinkBenchmarks), _rows.Batches.Sum(b => (long)b.TextLength), reducer.RowCount);
    }

    /// <summary>Writes a new file in every call.</summary>
    [Benchmark]
    public Task<long> Sqlite() => Write(NewSqlite());

    [Benchmark]
    public Task<long> NdjsonToNull() => Write(NewNdjson());

    internal ISummarySink NewSqlite()
    {
        File.Delete(_database);
        return new SqliteSink(_database);
    }

    internal static ISummarySink NewNdjson() =>
        new NdjsonSink("-", () => new FileStream("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite));

    /// <summary>Writes the first share of the batches and returns the number of rows.</summary>
    internal async Task<long> Write(ISummarySink sink, double share = 1)
    {
        await using (sink)
        {
            await sink.OpenAsync(new SinkRun(Guid.CreateVersion7(), DateTime.UtcNow, []), default);
            foreach (SummaryBatch batch in _rows.Batches.Take((int)(_rows.Batches.Count * share)))
            {
                await sink.WriteAsync(batch, default);
            }

            return (await sink.CompleteAsync(new RunFigures(1, 1, 0, 1), default)).Rows;
        }
    }

    private sealed class AllBatches : IRowReceiver
    {
        public List<SummaryBatch> Batches { get; } = [];

        public SummaryBatch Rent() => new();

        public void Deliver(SummaryBatch batch) => Batches.Add(batch);
    }
}
