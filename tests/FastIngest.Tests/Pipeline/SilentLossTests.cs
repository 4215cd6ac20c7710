using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Sources;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Pipeline;

/// <summary>Data that is missing, or that has another place than expected, is never lost in silence. Both modes agree.</summary>
public sealed class SilentLossTests
{
    private const string Record = """{"user_id":"u","date":"2024-01-01"}""";

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" \r\n\t", "has nothing but white space")]
    [InlineData("\uFEFF", "has nothing but white space")]
    public void A_file_without_content_is_named_as_missing_data(string content, string reason)
    {
        UnreadFile unread = Assert.Single(Read(("sleep.json", content), ("users.json", $"[{Record}]")).Report.Unread);
        Assert.Equal(($"it {reason}, as a failed download leaves it", true), (unread.Reason, unread.IsExpected));
        IngestException fault = Assert.Throws<IngestException>(() => Read(("sleep.json", content)));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Equal("Download or export the files once more.", fault.Remedy);
    }

    [Fact]
    public void An_array_without_records_is_a_complete_file() => Assert.Empty(Read(("sleep.json", "[]")).Report.Unread);

    [Theory]
    [InlineData("{\"steps\":[{\"value\":1}],\"sleep\":[" + Record + "]}", "sleep", 1, "the array \"steps\" at byte 9 (1 element, 13 bytes)")]
    [InlineData("{\"steps\":[{\"value\":1}],\"a\":{\"Users\":[" + Record + "," + Record + "]}}", "users", 2, "the array \"steps\" at byte 9 (1 element, 13 bytes)")]
    [InlineData("{\"users\":[\"u\"],\"sleep\":[" + Record + "]}", "sleep", 1, "the array \"users\" at byte 9 (1 element, 5 bytes)")]
    [InlineData("{\"sleep\":[],\"steps\":[{\"value\":1}]}", "sleep", 0, "the array \"steps\" at byte 20 (1 element, 13 bytes)")]
    [InlineData("{\"steps\":[" + Record + "],\"more\":[]}", "sleep", 1, null)]
    [InlineData("{\"tags\":[\"x\"],\"data\":[" + Record + "]}", "sleep", 1, null)]
    [InlineData("{\"sleep\":[],\"date\":\"2024-01-01\",\"user_id\":\"u\"}", "sleep", 1, null)]
    [InlineData("{\"sleep\":[],\"date\":\"2024-01-01\"}", "sleep", 1, null)]
    public void A_wrapper_begins_with_the_first_array_that_is_named_after_a_category(string content, string category, long records, string? unread)
    {
        IngestReport report = Read(("sleep.json", content)).Report;
        Assert.Equal((records, records), (report.Records, report.Categories.Single(c => c.Category.Name() == category).Records));
        Assert.Equal(unread is null ? [] : [unread], report.Unread.Select(u => u.Reason[..(u.Reason.IndexOf(')', StringComparison.Ordinal) + 1)]));
    }

    [Theory]
    [InlineData("{\"sleep\":[" + Record + "],\"workouts\":" + Record + "}", "sleep workouts")]
    [InlineData("{\"workouts\":" + Record + ",\"sleep\":[" + Record + "]}", "workouts sleep")]
    [InlineData("{\"workouts\":" + Record + ",\"Sleep\": " + Record + "}", "workouts sleep")]
    [InlineData("{\"a\":{\"b\":{\"workouts\":" + Record + "}},\"sleep\":{\"sleep\":" + Record + "}}", "workouts sleep")]
    [InlineData("{\"sleep\":[],\"workouts\":{\"user_id\":\"u\",\"date\":\"2024-01-01\",\"tags\":[1,{}]},\"users\":[" + Record + "]}", "workouts users")]
    [InlineData("{\"sleep\":[" + Record + "],\"workouts\":{\"timestamp\":\"2024-01-01\",\"workouts\":[" + Record + "]}}", "sleep workouts")]
    [InlineData("{\"sleep\":[" + Record + "]}\n{\"sleep\":[" + Record + "]}", "sleep sleep")]
    [InlineData("{\"data\":[" + Record + "]}{\"workouts\":[" + Record + "],\"data\":[" + Record + "]}", "sleep workouts sleep")]
    [InlineData("{\"sleep\":[" + Record + "],\"n\":1} {\"n\":1,\"users\":" + Record + "}\n{\"sleep\":[]}\n{\"users\":{\"users\":[" + Record + "]}}", "sleep users users")]
    [InlineData("{\"a\":{\"b\":{\"c\":{\"d\":{\"sleep\":[" + Record + "]}}}}}", "sleep")]
    public void Records_without_an_array_and_further_wrappers_are_read(string content, string categories)
    {
        IngestReport report = Read(("sleep.json", content)).Report;
        Assert.Equal((0L, 0), (report.Rejected, report.Unread.Count));
        Assert.Empty(report.CutOff);
        Assert.Equal(
            categories.Split(' ').Order(StringComparer.Ordinal),
            report.Categories.SelectMany(c => Enumerable.Repeat(c.Category.Name(), (int)c.Records)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{\"sleep\":[" + Record + "],\"extra\":" + Record + "}", "the object \"extra\" at byte 55 (35 bytes) looks like a record, and does not have the name of a category")]
    [InlineData("{\"extra\":" + Record + ",\"sleep\":[" + Record + "]}", "the object \"extra\" at byte 9 (35 bytes) looks like a record, and does not have the name of a category")]
    [InlineData("{\"extra\":" + Record + ",\"data\":[" + Record + "]}", "the object \"extra\" at byte 9 (35 bytes) looks like a record, and does not have the name of a category")]
    [InlineData("{\"workouts\":" + Record + ",\"data\":[" + Record + "]}", "the object \"workouts\" at byte 12 (35 bytes) stands before the array that is read")]
    [InlineData("{\"sleep\":[" + Record + "],\"workouts\":{\"2024-01-01\":{\"duration\":5}}}", "the object \"2024-01-01\" at byte 72 (14 bytes) may hold records, and does not have the form of a wrapper")]
    [InlineData("{\"sleep\":[" + Record + "],\"workouts\":{\"u\":{\"duration\":5}}}", "the object \"workouts\" at byte 58 (20 bytes) has neither the user nor the day of a record")]
    [InlineData("{\"sleep\":[" + Record + "],\"workouts\":{}, \"info\":{\"version\":1}}", null)]
    public void Objects_that_may_be_records_and_are_not_read_are_named(string content, string? reason)
    {
        IngestReport report = Read(("sleep.json", content)).Report;
        Assert.Equal((1L, 0L), (report.Aggregated, report.Rejected));
        Assert.Equal(reason is null ? [] : [reason], report.Unread.Select(u => u.Reason));
        Assert.All(report.Unread, u => Assert.True(u.IsExpected));
    }

    [Theory]
    [InlineData("{\"workouts\":{\"user_id\":\"u\",\"date\"},\"sleep\":[" + Record + "]}", "invalid_json", false)]
    [InlineData("{\"sleep\":[" + Record + "],\"workouts\":{\"user_id\":\"u\",\"da", "invalid_json", true)]
    [InlineData("{\"sleep\":[" + Record + "],\"workouts\":{\"user_id\":\"u\",\"date\":1}}", "no_date", false)]
    public void A_damaged_record_without_an_array_is_one_reject(string content, string reason, bool isCutOff)
    {
        RunResult run = Read(("sleep.json", content));
        Assert.Equal((1L, 1L), (run.Report.Aggregated, run.Report.Rejected));
        Assert.Contains($"\"workouts\", \"reason\": \"{reason}\"", run.Rejects, StringComparison.Ordinal);
        Assert.Equal(isCutOff ? 1 : 0, run.Report.CutOff.Count);
    }

    [Theory]
    [InlineData("user_id,date\ru,2024-01-01\r")]
    [InlineData("user_id,date\ru,2024-01-01\rv,2024-01-02\n")]
    public void A_table_whose_lines_end_with_a_carriage_return_alone_is_a_fault_that_says_so(string content)
    {
        IngestException fault = Assert.Throws<IngestException>(() => Read(("sleep.csv", content)));
        Assert.Contains("end with CR", fault.Message, StringComparison.Ordinal);
        Assert.Contains("tr '\\r' '\\n'", fault.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user_id,date\r\nu,2024-01-01\r\n")]
    [InlineData("user_id,date \r\r\nu,2024-01-01\r\n")]
    [InlineData("user_id,date,\"a\rb\"\nu,2024-01-01,1")]
    public void Other_carriage_returns_are_allowed(string content) => Assert.Equal(1, Read(("sleep.csv", content)).Report.Aggregated);

    [Theory]
    [InlineData("[" + Record, true)]
    [InlineData("[" + Record + ",{\"user_id\":\"v\",\"da", true)]
    [InlineData("{\"data\":[" + Record + "]", true)]
    [InlineData(Record + "\n{\"user_id\":\"v\",\"da", true)]
    [InlineData(Record + "\n{\"user_id\":\"v\",\"date\"}", false)]
    [InlineData(Record + "\n{\"user_id\":\"v\",\"date\":\n", false)]
    [InlineData(Record + "\nnonsense", false)]
    [InlineData("[" + Record + "]", false)]
    public void A_file_that_was_cut_off_is_named(string content, bool isCutOff)
    {
        IReadOnlyList<string> cut = Read(("sleep.json", content)).Report.CutOff;
        Assert.Equal(isCutOff ? ["sleep.json"] : [], cut.Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("export.json", "{\"data\":[" + Record + "]}", true)]
    [InlineData("mydata.csv", "date,user_id\n2024-01-01,u\n", true)]
    [InlineData("package.json", "{\"name\":\"x\"}", false)]
    [InlineData("rejects.ndjson", "{\"file\": \"sleep.json\", \"reason\": \"no_date\", \"raw\": \"{\\\"user_id\\\":1}\"}", false)]
    [InlineData("expected.ndjson", "{\"user_id\": \"u\", \"date\": \"2024-01-01\", \"summary\": \"s\"}", false)]
    [InlineData("notes.txt", "user_id,date\n", false)]
    public void A_file_of_records_with_a_foreign_name_is_missing_data(string name, string content, bool isExpected) =>
        Assert.Equal(isExpected, Assert.Single(Read((name, content), ("users.json", $"[{Record}]")).Report.Unread).IsExpected);

    [Fact]
    public void An_empty_day_counts_as_missing()
    {
        RunResult run = Read(("sleep.json", """
            [{"user_id":"u","date":"","timestamp":"2024-01-01"},
            {"user_id":"u","timestamp":"2024-01-01","date":""},
            {"user_id":"u","timestamp":"2024-01-01","date":"2024-01-02"},
            {"user_id":"u","timestamp":"2024-01-01","date":""},
            {"user_id":"u","date":"","date_time":null,"timestamp":1704067200},
            {"user_id":"u","date":"","date_time":"","timestamp":""}]
            """));
        Assert.Equal(4, Count(run.Rows, "2024-01-01"));
        Assert.Equal(1, Count(run.Rows, "2024-01-02"));
        Assert.Equal(1, run.Report.Rejected);
    }

    [Theory]
    [InlineData("sleep.json", 0)]
    [InlineData("", 1)]
    public void Missing_categories_are_one_warning_about_a_folder_and_none_about_named_files(string name, int warnings)
    {
        using TemporaryFolder folder = new();
        folder.Write("sleep.json", Encoding.UTF8.GetBytes($"[{Record}]"));
        IngestReport report = Run.Ingest(new IngestOptions { Paths = [Path.Combine(folder.Path, name)] }).Report;
        Assert.Equal(warnings, report.Warnings.Count);
        Assert.All(report.Warnings, w => Assert.StartsWith("No file for users, activities, workouts, nutrition, heart_rate, measurements (users*.json,", w, StringComparison.Ordinal));
    }

    /// <summary>The number of records of a day, by the count in its row.</summary>
    private static int Count(string rows, string day)
    {
        string row = rows.Split('\n').Single(r => r.Contains($"\"date\": \"{day}\"", StringComparison.Ordinal));
        return System.Text.Json.JsonDocument.Parse(row).RootElement.GetProperty("sleep_count").GetInt32();
    }

    private static RunResult Read(params (string Name, string Content)[] files)
    {
        using TemporaryFolder folder = new();
        foreach ((string name, string content) in files)
        {
            folder.Write(name, Encoding.UTF8.GetBytes(content));
        }

        RunResult reference = Run.Ingest(new IngestOptions { Paths = [folder.Path], Mode = IngestMode.Original });
        foreach (int chunkBytes in new[] { 0, 7 })
        {
            RunResult run = Run.Ingest(new IngestOptions { Paths = [folder.Path], Workers = 2, ChunkBytes = chunkBytes });
            Same.Text(reference.Rows, run.Rows, "rows");
            Same.Text(reference.Rejects, run.Rejects, "rejects");
            Assert.Equal(reference.Report.Unread, run.Report.Unread);
            Assert.Equal(reference.Report.CutOff, run.Report.CutOff);
        }

        return reference;
    }
}
