using System.IO.Compression;
using System.Text;
using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sources;
using FastIngest.Tests.Support;

namespace FastIngest.Tests.Pipeline;

public sealed class HealthInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_come_by_category_and_then_by_the_bytes_of_their_names()
    {
        string[] expected =
            ["users.json", "activities.ndjson", "nutrition-10.json", "nutrition-2.json", "nutrition-Z.json", "nutrition-a.json", "nutrition-é.json", "nutrition-\uFF5E.json", "nutrition-😀.json", "nutrition.json", "measurements.jsonl"];
        foreach (string name in expected.Reverse().Append("notes.txt").Append("users.txt"))
        {
            _folder.Write(name, "[]"u8);
        }

        Directory.CreateDirectory(_folder.File("sleep.json"));
        using HealthInput files = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions());
        Assert.Equal(expected, files.Infos.Select(i => Path.GetFileName(i.Path)));
        Assert.Equal(expected, files.Files.Select(f => Path.GetFileName(f.Path)));
        Assert.Equal(2 * expected.Length, files.EstimatedBytes);
        Assert.Equal(["notes.txt", "users.txt"], files.Unread.Select(u => Path.GetFileName(u.Path)));
    }

    /// <summary>A folder of downloads holds tables of other programs, too: of Strava, Withings, MyFitnessPal, Garmin Connect and Fitbit.</summary>
    [Theory]
    [InlineData("activities.csv", "Activity ID,Activity Date,Activity Name,Activity Type\n1,\"May 1, 2024, 5:00:00 PM\",Run,Run\n", "its first line names neither user_id nor a day", true)]
    [InlineData("sleep.csv", "from,to,light (s),deep (s)\n2024-05-01T22:00:00+02:00,2024-05-02T06:00:00+02:00,3600,3600\n", "its first line names neither user_id nor a day", true)]
    [InlineData("Nutrition-Summary-2024.csv", "Date,Meal,Calories\n2024-05-01,Breakfast,300\n", "its first line names neither user_id nor a day", true)]
    [InlineData("workouts.csv", "date,Name,Minutes\n2024-05-01,Run,30\n", "it has no column of workouts", true)]
    [InlineData("heart_rate_2024-05-01.csv", "timestamp,beats per minute,data source\n2024-05-01T00:00:03Z,72.0,Charge 5\n", "it is a table of a Fitbit export", false)]
    [InlineData("sleep_score.csv", "sleep_log_entry_id,timestamp,overall_score,resting_heart_rate,restlessness\n5,2024-05-02T04:58:30Z,74,53,0.08\n", "it is a table of a Fitbit export", false)]
    [InlineData("steps_2024-05-01.csv", "timestamp,steps,data source\r\n2024-05-01T00:00:03Z,72,Charge 5\r\n", "it is a table of a Fitbit export", false)]
    public void A_table_of_another_program_is_named_and_stops_nothing(string name, string content, string reason, bool isWarning)
    {
        _folder.Write(name, content.Bytes());
        _folder.Write("heart_rate.json", """[{"user_id":"u","date":"2024-01-01","value":60}]"""u8);
        using HealthInput files = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions());
        Assert.Equal(["heart_rate.json"], files.Infos.Select(i => Path.GetFileName(i.Path)));
        UnreadFile unread = Assert.Single(files.Unread);
        Assert.Contains(reason, unread.Reason, StringComparison.Ordinal);
        Assert.Equal(isWarning, unread.IsExpected);
        Assert.Null(unread.Guess);
    }

    [Theory]
    [InlineData("activities.csv", "user_id,date,note\nu,2024-01-01,x\n")]
    [InlineData("sleep.csv", "date;total_sleep\n2024-01-01;7\n")]
    [InlineData("measurements.csv", "date,lower_bound_of_mine\n2024-01-01,7\n")]
    [InlineData("measurements.csv", "user_id,date,data source\nu,2024-01-01,7\n")]
    [InlineData("heart_rate.csv", "\uFEFFtimestamp,value\n2024-01-01,7\n")]
    [InlineData("activities.csv", """[{"user_id":"u","date":"2024-01-01"}]""")]
    public void A_table_of_this_program_is_read(string name, string content)
    {
        _folder.Write(name, content.Bytes());
        using HealthInput files = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions());
        Assert.Single(files.Infos);
        Assert.Empty(files.Unread);
    }

    [Fact]
    public void Small_files_are_planned_and_read_without_being_opened_once_more()
    {
        const int MaxRecordBytes = 1 << 20;
        WriteSmallFiles();
        using HealthInput files = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions { HeldBytes = 1 << 20 }, null, MaxRecordBytes);
        foreach (string path in Directory.GetFiles(_folder.Path))
        {
            File.Delete(path);
        }

        foreach (FilePlan plan in files.Plan(MemoryPlan.MinChunkBytes, MaxRecordBytes))
        {
            plan.File.Reach(1000);
            Assert.NotEqual(0, plan.File.Length);
            plan.File.Read(new byte[plan.File.Length], 0);
        }
    }

    [Fact]
    public void A_plan_that_was_made_when_a_file_was_opened_is_the_one_that_is_made_later()
    {
        const int MaxRecordBytes = 1 << 20;
        WriteSmallFiles();
        foreach (int chunkBytes in (int[])[1, 100, MemoryPlan.MinChunkBytes])
        {
            using HealthInput early = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions(), null, MaxRecordBytes);
            using HealthInput late = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions());
            Assert.Equal(late.Infos, early.Infos);
            foreach ((FilePlan one, FilePlan other) in early.Plan(chunkBytes, MaxRecordBytes).Zip(late.Plan(chunkBytes, MaxRecordBytes)))
            {
                Assert.Equal(other.File.Path, one.File.Path);
                Assert.Equal(
                    (other.Dialect, other.Category, other.CategoryBits, other.Head, other.Part, other.FileIndex, other.HasChunk(1), other.EndOf(0)),
                    (one.Dialect, one.Category, one.CategoryBits, one.Head, one.Part, one.FileIndex, one.HasChunk(1), one.EndOf(0)));
            }
        }
    }

    [Fact]
    public void A_small_file_with_a_bad_beginning_is_reported_when_the_files_are_planned()
    {
        _folder.Write("sleep.csv", "user_id,date\ru,2024-01-01\r"u8);
        using HealthInput files = HealthInput.Open([_folder.Path], DialectCatalog.All, null, new InputOptions(), null, 100);
        Assert.Contains("end with CR", Assert.Throws<IngestException>(() => files.Plan(MemoryPlan.MinChunkBytes, 100)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_are_ordered_by_the_bytes_of_utf_8()
    {
        string[] characters = ["a", "b", "é", "\uD7FF", "\uE000", "\uFF5E", "😀", "😁", "\uD800", "\uDC00"];
        Fuzz.Run(6, 5000, random =>
        {
            string one = string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => random.Any(characters)));
            string other = string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => random.Any(characters)));
            int expected = Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));
            Assert.Equal(Math.Sign(expected), Math.Sign(Utf8Order.Instance.Compare(one, other)));
        });
    }

    private void WriteSmallFiles()
    {
        _folder.Write("users.json", """{"users":[{"user_id":"u"}],"sleep":[{"user_id":"u","date":"2024-01-01"}]}"""u8);
        _folder.Write("sleep.csv", "user_id,date,total_sleep\nu,2024-01-01,7\n"u8);
        _folder.Write("steps-2024-01-01.json", """[{"dateTime": "03/10/20 07:59:00", "value": "12"}]"""u8);
        _folder.Write("points.json", """{"header": {"id": "1", "schema_id": {"namespace": "omh", "name": "heart-rate", "version": "1.0"}}, "body": {}}"""u8);
        _folder.Write("heart_rate-2.json.gz", Packed("""[{"user_id":"u","date":"2024-01-01","value":60}]"""u8));
        for (int i = 0; i < 250; i++)
        {
            _folder.Write($"heart_rate-{i:000}.json", Encoding.UTF8.GetBytes($"""[{"{"}"user_id":"u","date":"2024-01-01","value":{i}{"}"}]"""));
        }
    }

    private static byte[] Packed(ReadOnlySpan<byte> content)
    {
        MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Fastest))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }

    [Fact]
    public void A_file_that_is_named_twice_is_read_once()
    {
        string path = _folder.Write("users.json", "[]"u8);
        using HealthInput files = HealthInput.Open([path, _folder.Path, Path.Combine(_folder.Path, ".", "users.json")], DialectCatalog.All, null, new InputOptions());
        Assert.Equal([Category.Users], files.Categories);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_fault_that_names_it()
    {
        Fails(_folder.Path, "No health files in");
        Fails(_folder.File("missing"), "does not exist");
        Fails(_folder.Write("notes.txt", "x"u8), "is not named after a category");

        static void Fails(string path, string message)
        {
            IngestException fault = Assert.Throws<IngestException>(() => HealthInput.Open([path], DialectCatalog.All, null, new InputOptions()));
            Assert.Contains(message, fault.Message, StringComparison.Ordinal);
            Assert.Contains(path, fault.Message, StringComparison.Ordinal);
        }
    }
}
