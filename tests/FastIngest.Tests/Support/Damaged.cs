using FastIngest.Dialects.Contract;
using FastIngest.Pipeline;

namespace FastIngest.Tests.Support;

/// <summary>Reads damaged files of an export: every record is accounted for, and the rows do not depend on the chunks.</summary>
internal static class Damaged
{
    /// <summary>Reads files that end after any byte; of files above 400 bytes, after every 11th.</summary>
    public static void EndsAnywhere(ExportSet set, Dialect dialect, TemporaryFolder folder)
    {
        foreach (string file in set.Files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            for (int length = 1; length < bytes.Length; length += bytes.Length > 400 ? 11 : 1)
            {
                Read(dialect, folder, Path.GetFileName(file), bytes[..length]);
            }
        }
    }

    /// <summary>Reads files with random damage in a random place.</summary>
    public static void Anywhere(ExportSet set, Dialect dialect, TemporaryFolder folder) => Fuzz.Run(1213, 200, random =>
    {
        string file = random.Any(set.Files);
        byte[] bytes = File.ReadAllBytes(file);
        int from = random.Next(bytes.Length), to = Math.Min(bytes.Length, from + random.Next(1, 400));
        Read(dialect, folder, Path.GetFileName(file), [.. bytes[..from], .. Mutations.Mutate(random, bytes[from..to]), .. bytes[to..]]);
    });

    private static void Read(Dialect dialect, TemporaryFolder folder, string name, byte[] content)
    {
        string path = folder.Write(name, content);
        RunResult? first = null;
        foreach (int chunkBytes in (int[])[0, 50])
        {
            RunResult run = Run.Ingest(new IngestOptions { Paths = [path], From = dialect, ChunkBytes = chunkBytes, Workers = 2 });
            Assert.Equal(run.Report.Records, run.Report.Aggregated + run.Report.Repeated + run.Report.Rejected + run.Report.PassedOver.Sum(p => p.Count));
            Same.Text((first ??= run).Rows, run.Rows, $"{name} of {content.Length} bytes in chunks of {chunkBytes}");
        }
    }
}
