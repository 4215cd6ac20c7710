using System.Numerics;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using FastIngest.Generate;
using FastIngest.Health;
using FastIngest.Sources;

namespace FastIngest.Benchmarks;

/// <summary>The ceiling for all other stages: reads a file window by window and adds up its bytes.</summary>
public class ReadBenchmarks
{
    private const int WindowBytes = 4 << 20;

    private readonly FileWindow _window = new();
    private SourceFile? _file;

    [Params(IoMode.Mmap, IoMode.Pread)]
    public IoMode Io { get; set; }

    [GlobalSetup]
    public void Open()
    {
        string path = SampleData.PathOf(Category.HeartRate, GeneratorStyle.Pretty);
        _file = SourceFile.Open(path, Io);
        _window.Attach(_file);
        using CategoryReading reading = new(Category.HeartRate, path);
        Volume.Set(typeof(ReadBenchmarks), _file.Length, reading.ReadByShapes(), Io);
    }

    [GlobalCleanup]
    public void Close()
    {
        _window.Dispose();
        _file?.Dispose();
    }

    [Benchmark]
    public ulong Sum()
    {
        Vector<ulong> sum = default;
        for (long offset = 0; offset < _file!.Length; offset += WindowBytes)
        {
            _window.MoveTo(offset, WindowBytes);
            foreach (Vector<ulong> part in MemoryMarshal.Cast<byte, Vector<ulong>>(_window.Bytes))
            {
                sum += part;
            }
        }

        _window.Release();
        return Vector.Sum(sum);
    }
}
