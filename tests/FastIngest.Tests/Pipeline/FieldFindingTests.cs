using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Pipeline;

/// <summary>What is unusual about fields is counted exactly, however the input is divided, and by both modes.</summary>
public sealed class FieldFindingTests
{
    [Fact]
    public void Thousands_of_records_of_several_shapes_are_counted_once() => Fuzz.Run(5_000, 12, random =>
    {
        StringBuilder rates = new(), meals = new();
        for (int i = 0; i < 3_000; i++)
        {
            string day = $"2024-01-{1 + (i / 400):00}";
            string value = random.OneIn(200) ? random.Any(["9000", "-1", "null", "\"x\"", "1e2"]) : $"{random.Next(50, 150)}";
            rates.Append($$"""{"user_id":"u1","date_time":"{{day}} {{i / 60 % 24:00}}:{{i % 60:00}}:00",{{(random.OneIn(300) ? "\"z\":1," : "")}}"context":"rest","value":{{value}}}""").Append('\n');
            string odd = random.Next(6) switch { 0 => ",\"kcal\":1", 1 => ",\"note\":null", 2 => ",\"tags\":[{\"fat\":1}]", 3 => ",\"n\\u006fte\":\"x\",\"note\":\"y\"", _ => "" };
            string calories = random.OneIn(20) ? random.Any(["\"1,250\"", "\"12,5\"", "true", "[1]", "\"\"", "90000", "-5"]) : $"{random.Next(900)}";
            meals.Append($$"""{"user_id":{{(random.OneIn(50) ? "null" : "\"u1\"")}},"date":"{{(random.OneIn(200) ? "2999-01-01" : day)}}","calories":{{calories}}{{odd}}}""").Append('\n');
        }

        using TemporaryFolder folder = new(inMemory: true);
        folder.Write("heart_rate.json", Encoding.UTF8.GetBytes(rates.ToString()));
        folder.Write("nutrition.json", Encoding.UTF8.GetBytes(meals.ToString()));
        foreach (ImplausiblePolicy policy in Enum.GetValues<ImplausiblePolicy>())
        {
            IngestOptions options = new() { Paths = [folder.Path], Implausible = policy };
            RunResult original = Run.Ingest(options with { Mode = IngestMode.Original });
            Assert.NotEmpty(original.Report.Fields);
            foreach ((int chunkBytes, int workers) in ((int, int)[])[(0, 1), (0, 2), (3_000, 1), (20_000, 3), (100_000, 2)])
            {
                RunResult optimized = Run.Ingest(options with { ChunkBytes = chunkBytes, Workers = workers });
                Same.Text(original.Rows, optimized.Rows, $"{policy}, {chunkBytes}");
                Same.Text(original.Rejects, optimized.Rejects, $"{policy}, {chunkBytes}");
                Assert.Equal(original.Report.Fields, optimized.Report.Fields);
            }
        }
    });

    [Fact]
    public void An_unknown_field_counts_once_in_each_accepted_record_that_has_it()
    {
        FieldFinding[] found = Findings("activities.json", """
            [{"user_id":"u","date":"2024-01-01","duration_minutes":5,"x":{"steps":1}},
             {"user_id":"u","date":"2024-01-01","duration\u005fminutes":6,"duration_minutes":7,"timestamp":"2024-01-01"},
             {"user_id":"u","date":"2024-01-01","duration_minutes":null},
             {"date":"2024-01-01","duration_minutes":8}]
            """);
        Assert.Equal([(FindingKind.Unknown, "duration_minutes", 2L, "duration"), (FindingKind.Unknown, "x", 1, null)], found.Select(f => (f.Kind, f.Field, f.Records, f.Suggestion)));
    }

    [Fact]
    public void A_column_of_a_CSV_file_counts_where_its_cell_has_text()
    {
        FieldFinding[] found = Findings("sleep.csv", "user_id,date,total_sleep,Deep Sleep,note\nu,2024-01-01,\"7,5\",1,\nu,2024-01-02,8,2,good\nu,2024-01-03,,,\n");
        Assert.Equal(
            [(FindingKind.Unknown, "Deep Sleep", 2L, "deep_sleep", null), (FindingKind.Unknown, "note", 1, null, null), (FindingKind.Unreadable, "total_sleep", 1, null, "\"7,5\"")],
            found.Select(f => (f.Kind, f.Field, f.Records, f.Suggestion, f.Example)));
    }

    [Theory]
    [InlineData("\"1,250\"")]
    [InlineData("\"12,5\"")]
    [InlineData("\"30 g\"")]
    [InlineData("\"1.000,92\"")] // jasp-stats/jasp-desktop, issue 403
    [InlineData("\"88,9821\"")] // highcharts/highcharts-editor, issue 201
    [InlineData("\"2,334.01\"")] // pandas-dev/pandas, pull request 4598
    [InlineData("\"15.000,96\"")] // Aam-Digital/ndb-core, issue 3453
    [InlineData("\"N/A\"")]
    [InlineData("1e999")]
    [InlineData("true")]
    public void A_value_that_is_no_number_is_counted_with_an_example(string value)
    {
        FieldFinding finding = Assert.Single(Findings("nutrition.json", $$"""[{"user_id":"u","date":"2024-01-01","fat":{{value}}}]"""));
        Assert.Equal((FindingKind.Unreadable, "fat", 1L, value, 1L), (finding.Kind, finding.Field, finding.Records, finding.Example, finding.Offset));
        Assert.EndsWith("nutrition.json", finding.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\" \\n\"")]
    [InlineData("\" 7.5 \"")]
    public void An_absent_value_is_not_counted(string value) =>
        Assert.Empty(Findings("nutrition.json", $$"""[{"user_id":"u","date":"2024-01-01","fat":{{value}}}]"""));

    [Theory]
    [InlineData("activities", "steps", "-1")]
    [InlineData("heart_rate", "value", "9000")]
    [InlineData("sleep", "total_sleep", "30")]
    [InlineData("users", "age", "131")]
    [InlineData("activities", "date", "\"2024-01-03\"")]
    [InlineData("activities", "date", "\"1899-12-31\"")]
    public void An_implausible_value_is_kept_dropped_or_rejected(string category, string field, string value)
    {
        string day = field == "date" ? "" : "\"date\":\"2024-01-01\",";
        string record = $$"""[{"user_id":"u",{{day}}"{{field}}":{{value}}}]""";
        IngestOptions options = new() { Paths = [], Today = new DateOnly(2024, 1, 1) };
        bool isNeeded = field is "date" or "value";
        foreach ((ImplausiblePolicy policy, bool isRejected) in ((ImplausiblePolicy, bool)[])[(ImplausiblePolicy.Keep, false), (ImplausiblePolicy.Drop, isNeeded), (ImplausiblePolicy.Reject, true)])
        {
            IngestReport report = Ingest($"{category}.json", record, options with { Implausible = policy }).Report;
            Assert.Equal((isRejected ? 1 : 0, 1), (report.Rejected, report.Records));
            FieldFinding finding = Assert.Single(report.Fields);
            Assert.Equal((FindingKind.Implausible, field, value, 1L), (finding.Kind, finding.Field, finding.Example, finding.Records));
        }
    }

    [Fact]
    public void Tomorrow_is_plausible() => Assert.Empty(Ingest(
        "activities.json", """[{"user_id":"u","date":"2024-01-02"}]""", new IngestOptions { Paths = [], Today = new DateOnly(2024, 1, 1) }).Report.Fields);

    [Fact]
    public void Names_are_bounded_and_the_others_are_counted_together()
    {
        string names = string.Join(',', Enumerable.Range(0, 1_500).Select(i => $"\"n{i:0000}\":1"));
        FieldFinding[] found = Findings("sleep.json", $$"""[{"user_id":"u","date":"2024-01-01",{{names}}},{"user_id":"u","date":"2024-01-01","{{new string('x', 5_000)}}":1}]""");
        Assert.Equal(1_001, found.Length);
        Assert.Equal((null, 501L), (found[^1].Field, found[^1].Records));
    }

    [Theory]
    [InlineData("note", true)]
    [InlineData("sleep.note", true)]
    [InlineData("sleep.*", true)]
    [InlineData("*", true)]
    [InlineData("users.note", false)]
    [InlineData("Note", false)]
    public void A_field_may_be_allowed(string pattern, bool isAllowed)
    {
        FieldFinding finding = Assert.Single(Ingest(
            "sleep.json", """[{"user_id":"u","date":"2024-01-01","note":"x"}]""", new IngestOptions { Paths = [], AllowedFields = new AllowedFields([pattern]) }).Report.Fields);
        Assert.Equal((isAllowed, !isAllowed), (finding.IsAllowed, finding.IsFault));
    }

    [Theory]
    [InlineData("fat", true)]
    [InlineData("nutrition.fat", true)]
    [InlineData("nutrition.*", false)]
    [InlineData("*", false)]
    public void A_star_allows_no_values_that_are_not_numbers(string pattern, bool isAllowed)
    {
        FieldFinding finding = Assert.Single(Ingest(
            "nutrition.json", """[{"user_id":"u","date":"2024-01-01","fat":"1,2"}]""", new IngestOptions { Paths = [], AllowedFields = new AllowedFields([pattern]) }).Report.Fields);
        Assert.Equal((isAllowed, !isAllowed), (finding.IsAllowed, finding.IsFault));
    }

    [Fact]
    public void A_file_all_of_whose_records_were_rejected_is_named_with_the_most_frequent_reason()
    {
        IngestReport report = Ingest("sleep.json", """[{"date":"2024-01-01"},{"date":"2024-01-02"},{"user_id":"u"}]""", new IngestOptions { Paths = [] }).Report;
        RejectedFile file = Assert.Single(report.RejectedFiles);
        Assert.Equal((3, RejectReason.NoUserId), (file.Records, file.Reason));
        report = Ingest("sleep.json", """[{"date":"2024-01-01"},{"date":"2024-01-02"},{"user_id":"u"}]""", new IngestOptions { Paths = [], UserId = "me" }).Report;
        Assert.Empty(report.RejectedFiles);
        Assert.Equal(2, report.Aggregated);
    }

    [Fact]
    public void Records_without_a_user_belong_to_the_default_user_also_in_runs()
    {
        string lines = string.Concat(Enumerable.Range(0, 500).Select(i =>
            $$"""{{{(i == 250 ? "\"user_id\":\"other\"," : "")}}"date_time":"2024-01-0{{1 + (i / 100)}} {{i / 60 % 24:00}}:{{i % 60:00}}:00","value":{{60 + (i % 40)}}}""" + "\n"));
        IngestOptions options = new() { Paths = [], UserId = "me" };
        RunResult run = Ingest("heart_rate.json", lines, options);
        Assert.Equal(500, run.Report.Aggregated);
        Assert.Equal(6, run.Report.Rows);
        Assert.Equal(Ingest("heart_rate.json", lines, options with { Mode = IngestMode.Original }).Rows, run.Rows);
    }

    private static FieldFinding[] Findings(string name, string text)
    {
        IngestOptions options = new() { Paths = [] };
        IReadOnlyList<FieldFinding> found = Ingest(name, text, options).Report.Fields;
        Assert.Equal(Ingest(name, text, options with { Mode = IngestMode.Original }).Report.Fields.Select(f => f with { File = null }), found.Select(f => f with { File = null }));
        return [.. found];
    }

    private static RunResult Ingest(string name, string text, IngestOptions options)
    {
        using TemporaryFolder folder = new(inMemory: true);
        return Run.Ingest(options with { Paths = [folder.Write(name, Encoding.UTF8.GetBytes(text))] });
    }
}
