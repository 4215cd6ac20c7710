using FastIngest.Dialects.OpenMHealth;
using FastIngest.Pipeline;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>Open mHealth data points: the golden set, the recognition of files, times and statistics.</summary>
public sealed class OpenMHealthTests() : ExportSetTests("open-mhealth")
{
    [Fact]
    public void The_golden_set_gives_its_expected_rows_however_it_is_read()
    {
        RunResult run = Set.HoldsExpectedRows();
        Assert.Equal(["no_value", "no_date"], run.Rejects.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split("\"reason\": \"")[1].Split('"')[0]));

        // Repeated: a count of steps in the same file, and a heart rate in another one.
        Assert.Equal((2, 2), (run.Report.Repeated, run.Report.Categories.Sum(c => c.PassedOver)));
    }

    [Theory]
    [InlineData("""{"header":{"id":"1","schema_id":{"namespace":"omh","name":"heart_rate","version":"1.0"}},"body":{}}""", true)]
    [InlineData("""{"body":{"step_count":1},"header":{"schema_id":{"name":"step_count"}}}""", true)]
    [InlineData("""[ {"header":{"schema_id":{"name":"x"}}} ]""", true)]
    [InlineData("""{"shim":"band","body":[{"header":{"schema_id":{"name":"x"}},"body":{}}]}""", true)]
    [InlineData("""{"header":{"id":"1"},"body":{}}""", false)]
    [InlineData("""{"body":[{"schema_id":1}]}""", false)]
    [InlineData("""{"user_id":"u"}""", false)]
    [InlineData("[", false)]
    [InlineData("", false)]
    public void A_file_is_recognised_by_the_schema_in_a_header(string content, bool isRecognised) =>
        Assert.Equal(isRecognised, new OpenMHealthDialect().Recognises(content.Bytes(), "any.json"));

    [Theory]
    [InlineData("""{"date_time":"2024-01-02T00:30:00+01:00"}""", "2024-01-02")]
    [InlineData("""{"time_interval":{"start_date_time":"2024-01-01T23:30:00+01:00","end_date_time":"2024-01-02T00:30:00+01:00"}}""", "2024-01-01")]
    [InlineData("""{"time_interval":{"end_date_time":"2024-01-02T00:30:00+01:00","duration":{"value":1,"unit":"h"}}}""", "2024-01-01")]
    [InlineData("""{"time_interval":{"date":"2024-01-03","part_of_day":"morning"}}""", "2024-01-03")]
    [InlineData("""{"time_interval":{"end_date_time":"2024-01-02T00:30:00+01:00"}}""", "2024-01-02")]
    [InlineData("""{"time_interval":{"duration":{"value":1,"unit":"h"}}}""", null)]
    [InlineData("""{"time_interval":{"end_date_time":"2024-01-02T00:30:00+01:00","duration":{"value":1e9,"unit":"d"}}}""", "2024-01-02")]
    [InlineData("{}", null)]
    [InlineData("17", null)]
    public void A_time_frame_is_a_point_two_ends_or_one_end_and_a_duration(string frame, string? day)
    {
        RunResult run = Read("step_count", $$"""{"step_count":5,"effective_time_frame":{{frame}}}""");
        Assert.Contains(day is null ? "\"no_date\"" : $"\"date\": \"{day}\"", day is null ? run.Rejects : run.Rows, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("step_count", """{"step_count":5,"descriptive_statistic":"sum",F}""", 1)]
    [InlineData("step_count", """{"step_count":5,"descriptive_statistic":"average",F}""", 0)]
    [InlineData("heart_rate", """{"heart_rate":{"value":60,"unit":"beats/min"},"descriptive_statistic":"average",F}""", 1)]
    [InlineData("heart_rate", """{"heart_rate":{"value":60,"unit":"beats/min"},"descriptive_statistic":"minimum",F}""", 0)]
    [InlineData("blood_pressure", """{"systolic_blood_pressure":{"value":60,"unit":"mmHg"},"descriptive_statistic":"minimum",F}""", 0)]
    public void A_statistic_that_is_no_reading_is_passed_over(string schema, string body, int samples)
    {
        RunResult run = Read(schema, body.Replace("F", "\"effective_time_frame\":{\"date_time\":\"2024-01-01T08:00:00Z\"}", StringComparison.Ordinal));
        Assert.Equal((samples, 1 - samples), (run.Report.Aggregated, run.Report.Categories.Sum(c => c.PassedOver)));
    }

    [Fact]
    public void A_sleep_episode_with_a_total_is_a_sleep_and_one_without_is_an_interval()
    {
        const string frame = "\"effective_time_frame\":" + """{"time_interval":{"start_date_time":"2024-01-01T23:00:00+01:00","end_date_time":"2024-01-02T07:00:00+01:00"}}""";
        Assert.Contains("\"sleep_hours\": 7.5, \"deep_sleep_hours\": 1.5,", Read("sleep_episode", $$"""{"total_sleep_time":{"value":450,"unit":"min"},"deep_sleep_duration":{"value":90,"unit":"min"},{{frame}}}""").Rows, StringComparison.Ordinal);
        Assert.Contains("\"sleep_hours\": 8.0,", Read("sleep-episode", "{" + frame + "}").Rows, StringComparison.Ordinal);
    }

    private RunResult Read(string schema, string body) => Run.Ingest(new IngestOptions
    {
        Paths = [Folder.Write("point.json", $$$"""{"header":{"id":"1","schema_id":{"namespace":"omh","name":"{{{schema}}}","version":"1.0"}},"body":{{{body}}}}""".Bytes())],
        From = new OpenMHealthDialect(),
    });
}
