using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Pipeline;

/// <summary>Equal records of several files count once: the result is the multiset union over the files.</summary>
public sealed class RepeatedRecordTests : IDisposable
{
    private static readonly (Category Category, string Record, string Other)[] Records =
    [
        (Category.Activities, """{"user_id":"u","timestamp":"2024-01-02T08:00:00","activity_type":"run","duration":30}""", """{"user_id":"u","timestamp":"2024-01-02T08:00:01","activity_type":"run","duration":30}"""),
        (Category.Workouts, """{"user_id":"u","date":"2024-01-02","workout_type":"x","sets":3}""", """{"user_id":"u","date":"2024-01-02","workout_type":"x","sets":4}"""),
        (Category.Nutrition, """{"user_id":"u","date":"2024-01-02","meal_type":"x","calories":3.0}""", """{"user_id":"u","date":"2024-01-02","meal_type":"y","calories":3}"""),
        (Category.Sleep, """{"user_id":"u","date":"2024-01-02","total_sleep":7}""", """{"user_id":"u","date":"2024-01-02"}"""),
        (Category.HeartRate, """{"user_id":"u","timestamp":"2024-01-02T08:00:00","value":60}""", """{"user_id":"u","timestamp":"2024-01-02T08:00:05","value":60}"""),
        (Category.Measurements, """{"user_id":"u","date":"2024-01-02","weight":70,"height":180}""", """{"user_id":"u","date":"2024-01-02","weight":71,"height":180}"""),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_record_counts_as_often_as_the_file_that_has_it_most_often()
    {
        foreach ((Category category, string record, string other) in Records)
        {
            string name = category.Name();
            _folder.Write($"{name}.json", Array(record, record, other));
            _folder.Write($"{name}-2.json", Array(record, record, record));
            _folder.Write($"{name}-3.json", Array(other, record));
        }

        foreach (CategoryReport report in Both().Categories.Where(c => c.Files > 0))
        {
            Assert.Equal((report.Category, 8, 4, 4, 0), (report.Category, report.Records, report.Aggregated, report.Repeated, report.Rejected));
        }
    }

    [Fact]
    public void Two_equal_records_of_one_file_both_count()
    {
        foreach ((Category category, string record, _) in Records)
        {
            _folder.Write($"{category.Name()}.json", Array(record, record));
        }

        IngestReport report = Both();
        Assert.Equal((12, 12, 0), (report.Records, report.Aggregated, report.Repeated));
    }

    [Fact]
    public void Equal_records_in_other_words_and_formats_are_repeats()
    {
        _folder.Write("sleep.json", """[{"user_id":"u","date":"2024-01-02","total_sleep":7,"sleep_quality":"good"}]"""u8);
        _folder.Write("sleep-2.json", """[{"sleep_quality":"g\u006fod","total_sleep":7.0,"note":"not read","date":"2024-01-02","user_id":"u"}]"""u8);
        _folder.Write("sleep-3.csv", "user_id,date,total_sleep,sleep_quality\nu,2024-01-02,7,good\n"u8);
        _folder.Write("measurements.json", """[{"user_id":"u","date":"2024-01-02","a":1,"b":2,"c":null}]"""u8);
        _folder.Write("measurements (1).json", """[{"user_id":"u","date":"2024-01-02","b":2,"a":7,"a":1}]"""u8);
        IngestReport report = Both();
        Assert.Equal((5, 2, 3), (report.Records, report.Aggregated, report.Repeated));
    }

    [Fact]
    public void Records_with_other_times_are_no_repeats()
    {
        _folder.Write("heart_rate.json", """[{"user_id":"u","timestamp":"2024-01-02T08:00:00","value":60}]"""u8);
        _folder.Write("heart_rate-2.json", """[{"user_id":"u","timestamp":"2024-01-02T08:00:00Z","value":60}]"""u8);
        IngestReport report = Both();
        Assert.Equal((2, 0), (report.Aggregated, report.Repeated));
    }

    [Fact]
    public void A_profile_in_two_files_counts_once()
    {
        _folder.Write("users.json", """[{"user_id":"u","name":"Ann"},{"user_id":"v","name":"Bob"}]"""u8);
        _folder.Write("users (1).json", """[{"user_id":"u","name":"Ann"},{"user_id":"v","name":"Rob"}]"""u8);
        _folder.Write("sleep.json", string.Concat(Enumerable.Range(1, 28).Select(d => $$"""{"user_id":"u","date":"2024-01-{{d:00}}"}""" + "\n")).Bytes());
        IngestReport report = Both(partitions: 7);
        CategoryReport users = report.Categories[(int)Category.Users];
        Assert.Equal((4, 3, 1), (users.Records, users.Aggregated, users.Repeated));
    }

    [Fact]
    public void A_copy_of_an_export_changes_nothing()
    {
        Random random = new(7);
        foreach ((Category category, _, _) in Records)
        {
            string[] records = [.. Enumerable.Range(0, 300).Select(_ => Any(random))];
            _folder.Write($"{category.Name()}.json", Array(records));
        }

        string once = Run.Ingest(new IngestOptions { Paths = [_folder.Path], Workers = 2 }).Rows;
        foreach ((Category category, _, _) in Records)
        {
            File.Copy(_folder.File($"{category.Name()}.json"), _folder.File($"{category.Name()} copy.json"));
        }

        foreach (int partitions in (int[])[1, 5])
        {
            (string output, _, IngestReport report) = Run.Ingest(new IngestOptions { Paths = [_folder.Path], Workers = 2, ChunkBytes = 500, Partitions = partitions });
            Assert.Equal(once, output);
            Assert.Equal(report.Records, 2 * report.Aggregated);
            Assert.Equal(report.Aggregated, report.Repeated);
        }
    }

    [Fact]
    public void Random_overlapping_files_agree_with_the_reference() => Fuzz.Run(4100000, 40, random =>
    {
        using TemporaryFolder folder = new();
        string[] pool = [.. Enumerable.Range(0, 12).Select(_ => Any(random))];
        foreach (Category category in Categories.Named)
        {
            for (int file = random.Next(4); file > 0; file--)
            {
                byte[] records = Array([.. Enumerable.Range(0, random.Next(20)).Select(_ => pool[random.Next(pool.Length)])]);
                bool isWrapped = random.Next(3) == 0;
                byte[] document = !isWrapped ? records : Encoding.UTF8.GetBytes(
                    $$"""{"data":{{Encoding.UTF8.GetString(records)}},"x":1,"{{((Category)random.Next(7)).Name()}}":{{Encoding.UTF8.GetString(Array([.. pool.Take(random.Next(12))]))}}}""");
                folder.Write($"{category.Name()}-{file}.json", document);
            }
        }

        folder.Write("users.json", "[]"u8);
        IngestOptions options = new() { Paths = [folder.Path] };
        (string expected, _, IngestReport reference) = Run.Ingest(options with { Mode = IngestMode.Original });
        (string output, _, IngestReport report) = Run.Ingest(options with { Workers = random.Next(1, 4), ChunkBytes = random.Next(40, 400), Partitions = random.Next(1, 5) });
        Assert.Equal(expected, output);
        Assert.Equal(reference.Categories.Select(c => (c.Records, c.Aggregated, c.Repeated, c.Rejected)), report.Categories.Select(c => (c.Records, c.Aggregated, c.Repeated, c.Rejected)));
        Assert.Equal(reference.Unread, report.Unread);
    });

    private static string Any(Random random) =>
        $$"""{"user_id":"u{{random.Next(3)}}","timestamp":"2024-01-0{{random.Next(1, 4)}}T0{{random.Next(10)}}:00:00","value":{{random.Next(50, 60)}},"duration":{{random.Next(5)}},"calories":{{random.Next(5)}},"total_sleep":{{random.Next(9)}},"name":"n{{random.Next(2)}}"}""";

    private static byte[] Array(params string[] records) => Encoding.UTF8.GetBytes($"[{string.Join(",\n", records)}]");

    /// <summary>Both implementations over the folder, which must agree.</summary>
    private IngestReport Both(int partitions = 3)
    {
        IngestOptions options = new() { Paths = [_folder.Path], Partitions = partitions, Workers = 2 };
        (string expected, _, IngestReport reference) = Run.Ingest(options with { Mode = IngestMode.Original });
        (string output, _, IngestReport report) = Run.Ingest(options);
        Assert.Equal(expected, output);
        Assert.Equal(reference.Categories.Select(c => (c.Aggregated, c.Repeated)), report.Categories.Select(c => (c.Aggregated, c.Repeated)));
        return report;
    }
}
