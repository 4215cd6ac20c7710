using BenchmarkDotNet.Attributes;
using FastIngest.Health;

namespace FastIngest.Benchmarks;

/// <summary>From events to rows with their texts; the whole data set is one partition. Bytes are those of the JSON input.</summary>
public class ReduceBenchmarks
{
    private readonly OneBatch _receiver = new();
    private MappedPartition? _partition;
    private PartitionReducer? _reducer;

    [GlobalSetup]
    public void Open()
    {
        _partition = new MappedPartition();
        _reducer = MappedPartition.NewReducer();
        Volume.Set(typeof(ReduceBenchmarks), _partition.InputBytes, Reduce());
    }

    [Benchmark]
    public long Reduce()
    {
        long before = _reducer!.RowCount;
        _partition!.Reduce(_reducer, _receiver);
        return _reducer.RowCount - before;
    }

    private sealed class OneBatch : IRowReceiver
    {
        private readonly SummaryBatch _batch = new(rowCapacity: 1024, textCapacity: 512 * 1024);

        public SummaryBatch Rent()
        {
            _batch.Reset();
            return _batch;
        }

        public void Deliver(SummaryBatch batch)
        {
        }
    }
}
