using BenchmarkDotNet.Attributes;
using FastIngest.Json;
using FastIngest.Json.Shapes;
using FastIngest.Json.Structural;
using FastIngest.Lexicon;

namespace FastIngest.Benchmarks;

/// <summary>
/// The real kaikki.org lines of the tests that have a minimum length: skipped and validated from start to end; searched for
/// the fields of an entry; read with the general reader.
/// </summary>
public class SkipBenchmarks
{
    private const int Repeats = 20;

    private readonly RecordFields _noFields = new(new FieldNames(false));
    private byte[][] _lines = [];
    private StructureReader _skipper = null!;
    private StructureReader _finder = null!;

    [Params(InstructionSet.Avx512, InstructionSet.Avx2)]
    public string Isa { get; set; } = InstructionSet.Avx2;

    [Params(1, 20_000)]
    public int MinBytes { get; set; }

    [GlobalSetup]
    public void Open()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "kaikki.jsonl");
        byte[][] lines = [.. File.ReadAllLines(file).Select(System.Text.Encoding.UTF8.GetBytes).Where(l => l.Length >= MinBytes)];
        _lines = [.. Enumerable.Repeat(lines, Repeats).SelectMany(l => l)];
        _skipper = StructureReader.Create(default(Skipper), Isa);
        _finder = StructureReader.Create(new EntryReader(new EntryFields()), Isa);
        Volume.Set(typeof(SkipBenchmarks), _lines.Sum(l => (long)l.Length), _lines.Length, Isa, MinBytes);
    }

    [Benchmark]
    public bool Skip() => ReadAll(_skipper);

    [Benchmark]
    public bool FindFields() => ReadAll(_finder);

    [Benchmark]
    public long General()
    {
        long bytes = 0;
        foreach (byte[] line in _lines)
        {
            GeneralReader.Read(line, isFinal: true, _noFields, out int read);
            bytes += read;
        }

        return bytes;
    }

    private bool ReadAll(StructureReader reader)
    {
        foreach (byte[] line in _lines)
        {
            if (!reader.TryRead(line))
            {
                throw new InvalidOperationException("A real line was rejected.");
            }
        }

        return true;
    }

    private readonly struct Skipper : IValueReader
    {
        public void Read<TCursor>(ref TCursor cursor)
            where TCursor : struct, IValueCursor, allows ref struct => cursor.Skip();
    }
}
