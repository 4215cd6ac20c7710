using BenchmarkDotNet.Attributes;
using FastIngest.Dialects.Contract;
using FastIngest.Generate;
using FastIngest.Health;
using FastIngest.Shuffle;

namespace FastIngest.Benchmarks;

/// <summary>Bytes to events: parsing, and what the mapper and the segment add to it.</summary>
public class AggregateBenchmarks
{
    private readonly ChunkOutput _output = new(PartitionBoundaries.FromSample([], 1));
    private CategoryReading? _reading;

    public static IEnumerable<Category> LargeCategories => SampleData.LargeCategories;

    [ParamsSource(nameof(LargeCategories))]
    public Category Category { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _reading = new CategoryReading(Category, SampleData.PathOfLarge(Category, GeneratorStyle.Pretty));
        Volume.Set(typeof(AggregateBenchmarks), _reading.Bytes, Map(), Category);
    }

    [GlobalCleanup]
    public void Close() => _reading?.Dispose();

    [Benchmark]
    public long Map() => _reading!.Map(_output);
}
