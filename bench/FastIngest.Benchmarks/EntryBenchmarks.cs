using BenchmarkDotNet.Attributes;
using FastIngest.Generate.Entries;
using FastIngest.Json;
using FastIngest.Lexicon;
using FastIngest.Lexicon.Texts;

namespace FastIngest.Benchmarks;

/// <summary>Dictionary lines: cleaned and validated; cleaned with id and duplicate key; read with the general reader only.</summary>
public class EntryBenchmarks
{
    private readonly EntryCleaner _cleaner = new();
    private readonly TextBuffer _buffer = new();
    private readonly RecordFields _noFields = new(new FieldNames(false));
    private readonly byte[] _checksum = new byte[32];
    private byte[] _file = [];
    private (int Start, int Length)[] _lines = [];

    [Params(3_000, 11_000)]
    public int MeanBytes { get; set; }

    [GlobalSetup]
    public void Open()
    {
        const int totalBytes = 16_000_000;
        string directory = Directory.CreateTempSubdirectory("fastingest-bench-").FullName;
        try
        {
            EntryOptions options = new() { Directory = directory, Entries = totalBytes / MeanBytes, MeanBytes = MeanBytes };
            _file = File.ReadAllBytes(EntryGenerator.Generate(options, null, default).Files[0].Path);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        List<(int, int)> lines = [];
        for (int start = 0; start < _file.Length;)
        {
            int length = _file.AsSpan(start).IndexOf((byte)'\n');
            lines.Add((start, length));
            start += length + 1;
        }

        _lines = [.. lines];
        Volume.Set(typeof(EntryBenchmarks), _file.Length, _lines.Length, MeanBytes);
    }

    [Benchmark]
    public long Clean() => Clean(1);

    [Benchmark]
    public long CleanAndIdentify()
    {
        long sum = 0;
        foreach ((int start, int length) in _lines)
        {
            if (_cleaner.Clean(_file.AsSpan(start, length)) == CleaningStatus.Valid)
            {
                sum += EntryId.Create("kaikki", _checksum).Version + (long)(DuplicateKey.Of(_cleaner, _buffer) & 1);
            }
        }

        return sum;
    }

    [Benchmark]
    public long General()
    {
        long bytes = 0;
        foreach ((int start, int length) in _lines)
        {
            GeneralReader.Read(_file.AsSpan(start, length), isFinal: true, _noFields, out int read);
            bytes += read;
        }

        return bytes;
    }

    /// <summary>Cleans the first share of the lines and returns their number.</summary>
    internal long Clean(double share)
    {
        int count = (int)(_lines.Length * share);
        foreach ((int start, int length) in _lines.AsSpan(0, count))
        {
            if (_cleaner.Clean(_file.AsSpan(start, length)) != CleaningStatus.Valid)
            {
                throw new InvalidOperationException("A generated entry is not valid.");
            }
        }

        return count;
    }
}
