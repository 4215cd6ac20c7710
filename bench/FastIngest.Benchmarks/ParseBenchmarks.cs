using BenchmarkDotNet.Attributes;
using FastIngest.Generate;
using FastIngest.Health;

namespace FastIngest.Benchmarks;

/// <summary>From bytes to fields: by learned shapes like the pipeline, and with the general reader only.</summary>
public class ParseBenchmarks
{
    private CategoryReading? _reading;

    public static IEnumerable<Category> LargeCategories => SampleData.LargeCategories;

    [ParamsSource(nameof(LargeCategories))]
    public Category Category { get; set; }

    [Params(GeneratorStyle.Pretty, GeneratorStyle.Spaced, GeneratorStyle.Compact)]
    public GeneratorStyle Style { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _reading = new CategoryReading(Category, SampleData.PathOfLarge(Category, Style));
        Volume.Set(typeof(ParseBenchmarks), _reading.Bytes, _reading.ReadByShapes(), Category, Style);
    }

    [GlobalCleanup]
    public void Close() => _reading?.Dispose();

    [Benchmark]
    public long Shapes() => _reading!.ReadByShapes();

    [Benchmark]
    public long General() => _reading!.ReadGenerally();
}
