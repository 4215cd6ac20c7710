using FastIngest.Pipeline;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

/// <summary>Every sample set produces its expected rows, byte for byte, with any settings.</summary>
public class GoldenTests
{
    public static TheoryData<string> Sets => [.. TestData.HealthSets];

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_sample_set_gives_its_expected_rows_however_it_is_read(string set)
    {
        string folder = TestData.Health(set);
        string expected = File.ReadAllText(Path.Combine(folder, "expected.ndjson"));
        string? rejects = null;
        foreach (int workers in (int[])[1, 2, 7])
        {
            foreach (int chunkBytes in (int[])[0, 64, 100, 1000, 4096, 65536])
            {
                foreach (IoMode io in (IoMode[])[IoMode.Auto, IoMode.Mmap, IoMode.Pread])
                {
                    foreach ((int partitions, long memory) in ((int, long)[])[(0, 256 << 20), (1, 0), (5, 256 << 20), (5, 0)])
                    {
                        RunResult run = Run.Ingest(new IngestOptions
                        {
                            Paths = [folder],
                            Workers = workers,
                            ChunkBytes = chunkBytes,
                            Io = io,
                            Partitions = partitions,
                            MemoryLimitBytes = memory,
                        });
                        string how = $"{set}, {workers} workers, {chunkBytes} bytes, {io}, {partitions} partitions, {memory} bytes of memory";
                        Same.Text(expected, run.Rows, how);
                        Same.Text(rejects ??= run.Rejects, run.Rejects, how);
                    }
                }
            }
        }
    }
}
