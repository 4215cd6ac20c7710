using System.Globalization;
using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Tests.Pipeline;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects.Protobuf;

/// <summary>What is read from a file of Protocol Buffers gives the days of the input that it was written from, byte for byte.</summary>
public sealed class ProtobufRoundTripTests() : ExportSetTests("protobuf")
{
    public static TheoryData<string> Exports => [.. Directory.EnumerateDirectories(Path.Combine(TestData.Root, "tests", "data", "dialects")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> HealthSets => [.. TestData.HealthSets];

    [Theory]
    [MemberData(nameof(HealthSets))]
    public void A_set_of_this_program_gives_its_expected_rows(string set) =>
        Holds(new IngestOptions { Paths = [TestData.Health(set)] }, File.ReadAllText(Path.Combine(TestData.Health(set), "expected.ndjson")));

    [Theory]
    [MemberData(nameof(Exports))]
    public void The_golden_set_of_each_dialect_gives_its_rows(string set)
    {
        ExportSet export = new(set);
        string[] args = File.ReadAllLines(Path.Combine(TestData.Root, "tests", "data", "dialects", set, "args.txt"));
        int user = Array.IndexOf(args, "--user-id");
        IngestOptions options = Array.IndexOf(args, "--time-zone") < 0
            ? new IngestOptions { Paths = [.. Directory.EnumerateDirectories(Path.Combine(TestData.Root, "tests", "data", "dialects", set))] }
            : export.Options;
        Holds(options with { UserId = user < 0 ? null : args[user + 1] }, export.Expected);
    }

    /// <summary>Random records: dates in many forms, odd numbers and texts, repeats of records in several files and in one wrapper object.</summary>
    [Fact]
    public void Random_records_give_the_same_days() => Fuzz.Run(2211, 60, random =>
    {
        using TemporaryFolder folder = new(inMemory: true);
        foreach (Category category in Categories.Named)
        {
            byte[] document = new RandomDocument(random, category).Bytes;
            folder.Write($"{category.Name()}.json", document);
            if (random.OneIn(2))
            {
                // The same file once more, cut off somewhere: its records repeat those of the first.
                folder.Write($"{category.Name()}-2.json", document.AsSpan(0, random.Next(document.Length)));
            }
        }

        Holds(new IngestOptions { Paths = [folder.Path], ChunkBytes = random.OneIn(2) ? 200 : 0, Workers = 3 }, null);
    });

    [Fact]
    public void Each_part_of_a_wrapper_keeps_its_place_among_the_files()
    {
        Directory.CreateDirectory(Folder.File("a"));
        Directory.CreateDirectory(Folder.File("b"));
        Folder.Write("a/workouts.json", """
            {"sleep": [], "workouts": [{"user_id": "ada", "date": "2024-01-31", "workout_type": "run"}, {"user_id": "ada", "date": "2024-01-31", "workout_type": "row"}],
             "nutrition": [], "activities": [{"user_id": "ada", "date": "2024-01-31", "activity_type": "walk"}]}
            """u8);
        Folder.Write("b/workouts.json", """[{"user_id": "ada", "date": "2024-01-31", "workout_type": "swim"}, {"user_id": "ada", "date": "2024-01-31", "workout_type": "run"}]"""u8);
        Holds(new IngestOptions { Paths = [Folder.File("a"), Folder.File("b")], Workers = 2, ChunkBytes = 20 }, null);
    }

    /// <summary>Runs of readings with implausible values, a selection, pseudonyms and each policy: read from either form they give the same.</summary>
    [Fact]
    public void Options_for_records_mean_the_same_for_both_forms() => Fuzz.Run(3108, 40, random =>
    {
        using TemporaryFolder folder = new(inMemory: true);
        StringBuilder rates = new();
        for (int i = 0; i < 3000; i++)
        {
            string day = random.OneIn(400) ? "1899-12-31" : i < 2000 ? $"2024-01-{(i / 700) + 1:00}" : "2024-02-01";
            string value = random.OneIn(300) ? "9999" : random.OneIn(300) ? "-5" : random.OneIn(500) ? "9000000000000" : $"{random.Next(40, 200)}";
            rates.Append(CultureInfo.InvariantCulture, $$"""{"user_id":"{{(random.OneIn(100) ? "bob" : "ada")}}","date_time":"{{day}} 10:00:00","value":{{value}}}""").Append('\n');
        }

        string json = folder.Write("heart_rate.json", Encoding.UTF8.GetBytes(rates.ToString())), pb = folder.File("records.pb");
        ProtobufFile.Write(new IngestOptions { Paths = [json] }, pb);
        IngestOptions options = new()
        {
            Paths = [json],
            Implausible = random.Any<ImplausiblePolicy>([ImplausiblePolicy.Keep, ImplausiblePolicy.Drop, ImplausiblePolicy.Reject]),
            Selection = random.OneIn(2) ? null : new RecordSelection(random.OneIn(2) ? ["bob"] : [], new DateOnly(2024, 1, 2), null),
        };
        RunResult expected = Run.Ingest(options), read = Run.Ingest(options with { Paths = [pb] });
        Same.Text(expected.Rows, read.Rows, $"{options.Implausible}");
        Assert.Equal(
            (expected.Report.Aggregated, expected.Report.Rejected, expected.Report.Filtered, expected.Report.Fields.Count),
            (read.Report.Aggregated, read.Report.Rejected, read.Report.Filtered, read.Report.Fields.Count));
    });

    [Fact]
    public void A_file_is_written_again_from_a_file_and_stays_the_same()
    {
        string first = Folder.File("first.pb"), second = Folder.File("second.pb");
        ProtobufFile.Write(Options(Path.Combine(TestData.Root, "tests", "data", "dialects", "protobuf", "export")), first);
        ProtobufFile.Write(Options(first), second);
        Assert.Equal(Records(first), Records(second));

        static IngestOptions Options(string path) => new() { Paths = [path], Workers = 1 };
        static IEnumerable<string> Records(string path) => OracleRecords.Lines(ProtobufFile.Frames(File.ReadAllBytes(path))).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void The_golden_set_gives_its_expected_rows_however_it_is_read()
    {
        foreach ((int workers, int chunkBytes, long memory) in ((int, int, long)[])[(1, 7, 256 << 20), (3, 64, 0), (2, 1000, 256 << 20), (2, 0, 0)])
        {
            RunResult run = Run.Ingest(new IngestOptions
            {
                Paths = [Path.Combine(TestData.Root, "tests", "data", "dialects", "protobuf", "export")],
                Workers = workers,
                ChunkBytes = chunkBytes,
                MemoryLimitBytes = memory,
            });
            Same.Text(Set.Expected, run.Rows, $"{workers} workers, chunks of {chunkBytes} bytes");
            Same.Text("", run.Rejects, "the rejects");
        }
    }

    /// <summary>Writes the input, reads it in several ways, and compares the days.</summary>
    private void Holds(IngestOptions options, string? expected)
    {
        string path = Folder.File("records.pb");
        RunResult written = ProtobufFile.Write(options, path);
        Same.Text(expected ?? written.Rows, written.Rows, "the rows of the input");
        Assert.Equal(written.Report.Aggregated + written.Report.Repeated, ProtobufFile.Frames(File.ReadAllBytes(path)).Sum(f => f.Batch?.Records ?? 0));
        foreach ((int workers, int chunkBytes) in ((int, int)[])[(1, 0), (2, 100)])
        {
            RunResult read = Run.Ingest(new IngestOptions { Paths = [path], Workers = workers, ChunkBytes = chunkBytes });
            Same.Text(written.Rows, read.Rows, $"{workers} workers, chunks of {chunkBytes} bytes");
            Same.Text("", read.Rejects, "the rejects");
            Assert.Equal((written.Report.Aggregated, written.Report.Repeated), (read.Report.Aggregated, read.Report.Repeated));
            Assert.Equal(written.Report.LeftOut, read.Report.LeftOut);
        }
    }
}
