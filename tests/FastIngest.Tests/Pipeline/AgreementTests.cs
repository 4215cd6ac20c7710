using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

/// <summary>
/// Both modes return the same rows and the same rejects, byte for byte, for any content of the files.
/// FASTINGEST_FUZZ_SECONDS=N tests random documents for N seconds; a failure names the seed of its document.
/// </summary>
public class AgreementTests
{
    private const string Good = """{"user_id":"before","date":"2024-01-01","duration":1}""", Next = """{"user_id":"after","date":"2024-01-01","duration":2}""";
    private const int Documents = 400;

    /// <summary>Large documents are split into at most this many chunks, because each chunk costs several system calls.</summary>
    private const int MaxChunks = 400;

    private static readonly int[] ChunkSizes = [1, 7, 64, 200, 0];
    private static readonly int[] WorkerCounts = [1, 2, 7];
    private static readonly int[] PartitionCounts = [0, 1, 5];
    private static readonly IoMode[] IoModes = [IoMode.Auto, IoMode.Mmap, IoMode.Pread];

    /// <summary>Documents in which every byte matters: every framing, and one record of each outcome.</summary>
    private static readonly string[] Small =
    [
        "[" + Good + ",\n" + Next + "]",
        "\uFEFF" + Good + "\r\n{\"user_id\":\"x\",\"date\":\"2024-13-01\"}\r\n" + Next,
        "{\"exported\":[1],\"data\":[" + Good + ",[{\"user_id\":7}]," + Next + "],\"rest\":[{}]}",
        "[ {\"user_id\": \"\\u00e9\\ud83d\\ude00\", \"date\": \"2024-01-01T00:00Z\", \"steps\": \" 1.50e1 \"}, \"é\", tru, [1, " + Next + "]",
    ];

    public static TheoryData<string> Sets => [.. TestData.HealthSets];

    public static TheoryData<string> Suite => [.. Directory.EnumerateFiles(TestData.JsonTestSuite, "*.json", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(TestData.JsonTestSuite, f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_sample_set(string set) => Agree(TestData.Health(set), 16 << 20, [(0, 2, 0, IoMode.Auto), (100, 7, 5, IoMode.Pread), (7, 1, 1, IoMode.Mmap)], set);

    [Theory]
    [MemberData(nameof(Suite))]
    public void A_file_of_the_suite_whole_and_between_two_records(string name)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(TestData.JsonTestSuite, name));
        byte[] array = [.. Encoding.UTF8.GetBytes("[" + Good + ",\n"), .. file, .. Encoding.UTF8.GetBytes(",\n" + Next + "]")];
        byte[] lines = [.. Encoding.UTF8.GetBytes(Good + "\n"), .. file, .. Encoding.UTF8.GetBytes("\n" + Next + "\n")];
        byte[] wrapped = [.. Encoding.UTF8.GetBytes("{\"data\":[" + Good + ","), .. file, .. Encoding.UTF8.GetBytes("," + Next + "],\"more\":[{}]}")];
        AgreeOn(Category.Activities, file, 16 << 20, [(0, 1, 1, IoMode.Pread)], name);
        AgreeOn(Category.Activities, array, 16 << 20, [(7, 2, 5, IoMode.Mmap)], name);
        AgreeOn(Category.Activities, lines, 64, [(0, 1, 1, IoMode.Pread)], name);
        AgreeOn(Category.Activities, wrapped, 64, [(7, 1, 1, IoMode.Pread)], name);
    }

    [Fact]
    public void Every_prefix_of_a_small_document()
    {
        foreach (byte[] document in Small.Select(Encoding.UTF8.GetBytes))
        {
            for (int length = 0; length <= document.Length; length++)
            {
                AgreeOn(Category.Activities, document[..length], 16 << 20, [(7, 1, 1, IoMode.Pread)], $"{length} bytes of {Encoding.UTF8.GetString(document)}");
            }
        }
    }

    [Fact]
    public void Every_flipped_byte_of_a_small_document()
    {
        foreach (byte[] document in Small.Select(Encoding.UTF8.GetBytes))
        {
            for (int at = 0; at < document.Length; at++)
            {
                foreach (byte flip in (byte[])[(byte)(1 << (at % 8)), (byte)(document[at] ^ '{'), (byte)(document[at] ^ '"')])
                {
                    byte[] flipped = [.. document];
                    flipped[at] ^= flip;
                    AgreeOn(Category.Activities, flipped, at % 2 == 0 ? 64 : 16 << 20, [(64, 1, 1, IoMode.Pread)], $"byte {at} ^ {flip} of {Encoding.UTF8.GetString(document)}");
                }
            }
        }
    }

    [Fact]
    public void Random_documents()
    {
        Stopwatch watch = Stopwatch.StartNew();
        bool timed = int.TryParse(Environment.GetEnvironmentVariable("FASTINGEST_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out int seconds);
        int first = timed ? Environment.TickCount & 0x3FFFFFFF : 1;
        int seed = first;
        for (; timed ? watch.Elapsed.TotalSeconds < seconds : seed < first + Documents; seed++)
        {
            RandomDocument(seed);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seeds {first} to {seed - 1} agree");
    }

    /// <summary>Reproduces a failed seed: FASTINGEST_FUZZ_SEED=N.</summary>
    [Fact]
    public void One_seed() => RandomDocument(int.Parse(Environment.GetEnvironmentVariable("FASTINGEST_FUZZ_SEED") ?? "0", CultureInfo.InvariantCulture));

    private static void RandomDocument(int seed)
    {
        Random random = new(seed);
        int maxRecordBytes = random.GetItems([16 << 20, 16 << 20, 64, 300, 20, 5000], 1)[0];
        using TemporaryFolder folder = new(inMemory: true);
        foreach (Category category in random.GetItems<Category>([.. Categories.Named], random.Next(1, 4)).Distinct())
        {
            for (int file = random.Next(1, 3); file > 0; file--)
            {
                folder.Write($"{category.Name()}-{file}.json", new RandomDocument(random, category).Bytes);
            }
        }

        ImplausiblePolicy policy = random.GetItems(Enum.GetValues<ImplausiblePolicy>(), 1)[0];
        string? user = random.Next(3) == 0 ? "me" : null;
        DateOnly day = new(2024, 1, 1);
        RecordSelection[] selections = [new(["u1", "17", "me"], null, null), new([], day, null), new(["u2"], null, day), new([], day.AddYears(-1000), day)];
        RecordSelection? selection = random.Next(3) == 0 ? random.GetItems(selections, 1)[0] : null;
        PseudonymKey? key = random.Next(4) == 0 ? new PseudonymKey([.. Enumerable.Range(0, 32).Select(i => (byte)i)]) : null;
        IngestOptions options = new()
        {
            Paths = [folder.Path],
            MaxRecordBytes = maxRecordBytes,
            Implausible = policy,
            UserId = user,
            Selection = selection,
            Pseudonyms = key,
        };
        (int, int, int, IoMode)[] ways = [.. Enumerable.Range(0, 3).Select(_ => AnyWay(random))];
        Agree(options, ways, $"seed {seed}, {policy}, user {user}, {(selection is null ? "all" : "selected")}, {(key is null ? "as written" : "pseudonyms")}");
    }

    private static (int, int, int, IoMode) AnyWay(Random random) => (
        random.GetItems(ChunkSizes, 1)[0],
        random.GetItems(WorkerCounts, 1)[0],
        random.GetItems(PartitionCounts, 1)[0],
        random.GetItems(IoModes, 1)[0]);

    private static void AgreeOn(Category category, byte[] document, int maxRecordBytes, (int, int, int, IoMode)[] ways, string what)
    {
        using TemporaryFolder folder = new(inMemory: true);
        folder.Write(category.Name() + ".json", document);
        if (ForeignContent.IsBlank(document))
        {
            // A file without content is not read, and a run needs a file.
            folder.Write("users.json", "[]"u8);
        }

        Agree(folder.Path, maxRecordBytes, ways, what);
    }

    private static void Agree(string folder, int maxRecordBytes, (int ChunkBytes, int Workers, int Partitions, IoMode Io)[] ways, string what) =>
        Agree(new IngestOptions { Paths = [folder], MaxRecordBytes = maxRecordBytes }, ways, what);

    private static void Agree(IngestOptions options, (int ChunkBytes, int Workers, int Partitions, IoMode Io)[] ways, string what)
    {
        RunResult original = Ingest(options with { Mode = IngestMode.Original }, what);
        long leastChunk = original.Report.Bytes / MaxChunks;
        foreach ((int wanted, int workers, int partitions, IoMode io) in ways)
        {
            int chunkBytes = wanted == 0 ? 0 : (int)Math.Max(wanted, leastChunk);
            string how = $"{what}: largest record {options.MaxRecordBytes}, {workers} workers, {chunkBytes} bytes, {io}, {partitions} partitions";
            RunResult optimized = Ingest(options with { Mode = IngestMode.Optimized, ChunkBytes = chunkBytes, Workers = workers, Partitions = partitions, Io = io }, how);
            Same.Text(original.Rows, optimized.Rows, how);
            Same.Text(original.Rejects, optimized.Rejects, how);
            Assert.Equal(original.Report.Fields, optimized.Report.Fields);
            Assert.Equal(original.Report.RejectedFiles, optimized.Report.RejectedFiles);
            Assert.Equal(original.Report.Unread, optimized.Report.Unread);
            Assert.Equal(original.Report.CutOff, optimized.Report.CutOff);
            Assert.Equal(
                original.Report.Categories.Select(c => (c.Records, c.Aggregated, c.Repeated, c.Filtered, c.Rejected, c.Bytes)),
                optimized.Report.Categories.Select(c => (c.Records, c.Aggregated, c.Repeated, c.Filtered, c.Rejected, c.Bytes)));
        }
    }

    private static RunResult Ingest(IngestOptions options, string how)
    {
        try
        {
            return Support.Run.Ingest(options);
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{how}, {options.Mode}: {e.Message}", e);
        }
    }
}
