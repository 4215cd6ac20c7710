using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sources;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>The same records produce the same days in every dialect.</summary>
public sealed class SameDaysTests
{
    public static TheoryData<string> Sets => [.. TestData.HealthSets.Where(s => s != "quirks")];

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_sample_set_written_as_csv_gives_its_expected_rows_however_it_is_read(string set)
    {
        string expected = File.ReadAllText(Path.Combine(TestData.Health(set), "expected.ndjson"));
        foreach ((char delimiter, string lineEnd) in ((char, string)[])[(',', "\n"), (';', "\r\n"), ('\t', "\n")])
        {
            using TemporaryFolder folder = new();
            int files = 0;
            foreach (string file in Directory.GetFiles(TestData.Health(set)))
            {
                if (HealthFileNames.CategoryOf(Path.GetFileName(file)) is { } category)
                {
                    folder.Write($"{category.Name()}.csv", CsvText.Of(File.ReadAllBytes(file), delimiter, lineEnd));
                    files++;
                }
            }

            Assert.Equal(7, files);
            foreach ((int workers, int chunkBytes, IoMode io, IngestMode mode) in ((int, int, IoMode, IngestMode)[])
                [(1, 0, IoMode.Auto, IngestMode.Optimized), (7, 64, IoMode.Pread, IngestMode.Optimized), (2, 1000, IoMode.Mmap, IngestMode.Optimized), (1, 0, IoMode.Pread, IngestMode.Original)])
            {
                RunResult run = Run.Ingest(new IngestOptions { Paths = [folder.Path], Workers = workers, ChunkBytes = chunkBytes, Io = io, Mode = mode });
                string how = $"{set}, {workers} workers, {chunkBytes} bytes, {io}, {mode}, delimiter {delimiter}";
                Same.Text(expected, run.Rows, how);
                Same.Text("", run.Rejects, how);
            }
        }
    }
}
