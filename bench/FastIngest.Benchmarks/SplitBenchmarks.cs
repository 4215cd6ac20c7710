using BenchmarkDotNet.Attributes;
using FastIngest.Generate;
using FastIngest.Health;
using FastIngest.Json;
using FastIngest.Sources;

namespace FastIngest.Benchmarks;

/// <summary>
/// Finds the starts of records. A run does this once per chunk; the benchmark finds every record of a file, so that the
/// throughput is meaningful.
/// </summary>
public class SplitBenchmarks
{
    private readonly FileWindow _window = new();
    private SourceFile? _file;
    private Separator _separator = Separator.None;
    private ElementReader? _reader;

    [ParamsAllValues]
    public GeneratorStyle Style { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _file = SourceFile.Open(SampleData.PathOf(Category.HeartRate, Style), IoMode.Pread);
        _window.Attach(_file);
        _window.MoveTo(0, _file.Length);
        _separator = Separator.Learn(_window, FileHead.Find(_window.Bytes), SampleData.MaxRecordBytes, out _);
        _reader = new ElementReader(_window, new RecordFields(RecordSchema.Of(Category.HeartRate).Names), SampleData.MaxRecordBytes);
        Volume.Set(typeof(SplitBenchmarks), _file.Length, Separators(), Style);
    }

    [GlobalCleanup]
    public void Close()
    {
        _window.Dispose();
        _file?.Dispose();
    }

    /// <summary>Finds records by the separator learned from the head of the file.</summary>
    [Benchmark]
    public long Separators()
    {
        long records = 0;
        for (long place = _separator.Find(_window, 0, _file!.Length); place >= 0; place = _separator.Find(_window, place + 1, _file.Length))
        {
            records++;
        }

        return records;
    }

    /// <summary>Finds records by trial: the first place where a whole object can be read.</summary>
    [Benchmark]
    public long Guesses()
    {
        long records = 0;
        _reader!.Start(default, _file!.Length);
        for (long place = _reader.GuessStart(1, _file.Length); place >= 0; place = _reader.GuessStart(place + 1, _file.Length))
        {
            records++;
        }

        return records;
    }
}
