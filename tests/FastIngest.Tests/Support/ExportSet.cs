using FastIngest.Dialects.Times;
using FastIngest.Pipeline;

namespace FastIngest.Tests.Support;

/// <summary>A golden set of another program's export: its files, the options in <c>args.txt</c>, and the rows in <c>expected.ndjson</c>.</summary>
internal sealed class ExportSet
{
    private readonly string _folder;

    public ExportSet(string name) => _folder = Path.Combine(TestData.Root, "tests", "data", "dialects", name);

    /// <summary>The files of the set, for tests that damage them.</summary>
    public IReadOnlyList<string> Files =>
    [
        .. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) is not ("args.txt" or "expected.ndjson" or "README.md")).Order(StringComparer.Ordinal),
    ];

    public string Expected => File.ReadAllText(Path.Combine(_folder, "expected.ndjson"));

    public IngestOptions Options
    {
        get
        {
            string[] args = File.ReadAllLines(Path.Combine(_folder, "args.txt"));
            return new IngestOptions { Paths = [.. Directory.EnumerateDirectories(_folder)], TimeZone = TimeZoneChoice.Find(args[Array.IndexOf(args, "--time-zone") + 1]) };
        }
    }

    /// <summary>Reads the set with many settings and compares the rows; returns the report of the last run.</summary>
    public RunResult HoldsExpectedRows()
    {
        RunResult? result = null;
        foreach (int workers in (int[])[1, 3])
        {
            foreach (int chunkBytes in (int[])[7, 64, 1000, 1 << 20, 0])
            {
                result = Run.Ingest(Options with { Workers = workers, ChunkBytes = chunkBytes, MemoryLimitBytes = chunkBytes == 64 ? 0 : 256 << 20 });
                Same.Text(Expected, result.Rows, $"{Path.GetFileName(_folder)}, {workers} workers, chunks of {chunkBytes} bytes");
            }
        }

        return result!;
    }
}
