using System.Text;
using FastIngest.Dialects.Fitbit;
using FastIngest.Dialects.Times;
using FastIngest.Pipeline;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>Fitbit exports: the golden set, the recognition of files, and damaged input.</summary>
public sealed class FitbitTests() : ExportSetTests("fitbit")
{
    [Fact]
    public void The_golden_set_gives_its_expected_rows_however_it_is_read()
    {
        RunResult run = Set.HoldsExpectedRows();
        Assert.Equal("", run.Rejects);

        // Repeated: three heart rates, a minute of steps, a sleep log, and an exercise that a later file has in another version.
        Assert.Equal(run.Report.Records, run.Report.Aggregated + run.Report.Repeated + PassedOver(run));
        Assert.Equal(4, PassedOver(run));
    }

    [Theory]
    [InlineData("heart_rate-2024-01-01.json", """[{"dateTime":"01/01/24 08:00:05","value":{"bpm":61,"confidence":2}}]""", true)]
    [InlineData("any.json", """[{ "dateTime" : "01/01/24 08:00:05", "value" : { "bpm" : 61 } }]""", true)]
    [InlineData("steps-2024-01-01.json", """[{"dateTime":"01/01/24 08:00:00","value":"3"}]""", true)]
    [InlineData("steps-2024-01-01(1).json", """[{"dateTime":"01/01/24 08:00:00","value":"3"}]""", true)]
    [InlineData("Takeout/Fitbit/Global Export Data/new_metric-2024-01-01.json", """[{"dateTime":"01/01/24 08:00:00","value":"3"}]""", true)]
    [InlineData("other.json", """[{"dateTime":"01/01/24 08:00:00","value":"3"}]""", false)]
    [InlineData("steps.json", """[{"user_id":"u","dateTime":"01/01/24 08:00:00","value":"3"}]""", false)]
    [InlineData("sleep.json", """[{"dateOfSleep":"2024-01-01","startTime":"2023-12-31T23:10:30.000"}]""", true)]
    [InlineData("sleep.json", """[{"user_id":"u","date":"2024-01-01","total_sleep":7}]""", false)]
    [InlineData("steps.json", "[]", false)]
    [InlineData("steps.json", "", false)]
    [InlineData("steps.json", "{\"dateTime\":1,\"value\":2}", false)]
    public void A_file_is_recognised_by_its_content_and_a_series_by_its_name_too(string path, string content, bool isFitbit) =>
        Assert.Equal(isFitbit, new FitbitDialect().Recognises(Encoding.UTF8.GetBytes(content), path));

    [Theory]
    [InlineData("steps-1.json", """[{"dateTime":"02/30/24 08:00:00","value":"3"},{"dateTime":"02/28/24 08:00:00","value":"3"}]""", "no_date")]
    [InlineData("steps-1.json", """[{"dateTime":"02/28/24 08:00:00","value":"many"},{"dateTime":"02/28/24 08:00:00","value":"3"}]""", "no_value")]
    [InlineData("steps-1.json", """[{"dateTime":"02/28/24 08:00:00","value":null},{"dateTime":"02/28/24 08:00:00","value":"3"}]""", "no_value")]
    [InlineData("steps-1.json", """[{"value":"3","dateTime":17},{"dateTime":"02/28/24 08:00:00","value":"3"}]""", "no_date")]
    [InlineData("weight-1.json", """[{"logId":1,"weight":"x","date":"02/28/24","time":"08:00:00"},{"logId":1,"weight":150,"date":"02/28/24","time":"08:00:00"}]""", "no_value")]
    [InlineData("exercise-0.json", """[{"logId":1,"activityName":"Run","startTime":"yesterday"},{"logId":2,"activityName":"Run","startTime":"02/28/24 08:00:00"}]""", "no_date")]
    [InlineData("sleep-1.json", """[{"dateOfSleep":"2024-02-28","startTime":null},{"dateOfSleep":"2024-02-28","startTime":"2024-02-28T01:00:00","duration":3600000,"minutesAsleep":60}]""", "no_date")]
    public void A_record_without_a_time_or_a_value_is_rejected_and_the_others_are_read(string name, string content, string reason)
    {
        RunResult run = Read(name, content);
        Assert.Contains($"\"{reason}\"", run.Rejects, StringComparison.Ordinal);
        Assert.Equal(1, run.Report.Rejected);
        Assert.Equal(1, run.Report.Rows);
    }

    /// <summary>The last day of an archive is not over when the archive is made.</summary>
    [Fact]
    public void Of_the_value_of_a_day_that_two_archives_state_the_larger_one_counts()
    {
        using TemporaryFolder files = new();
        foreach ((string archive, int minutes, string pulse) in ((string, int, string)[])[("a", 30, "58.1"), ("b", 95, "58.4")])
        {
            Directory.CreateDirectory(files.File(archive));
            File.WriteAllText(files.File($"{archive}/lightly_active_minutes-2024-01-01.json"), $$"""[{"dateTime":"01/01/24 00:00:00","value":"{{minutes}}"}]""");
            File.WriteAllText(files.File($"{archive}/resting_heart_rate-2024-01-01.json"), $$$"""[{"dateTime":"01/01/24 00:00:00","value":{"date":"01/01/24","value":{{{pulse}}},"error":6}}]""");
            File.WriteAllText(files.File($"{archive}/steps-2024-01-01.json"), $$"""[{"dateTime":"01/01/24 08:00:00","value":"5"},{"dateTime":"01/01/24 09:00:00","value":"5"}]""");
        }

        RunResult run = Run.Ingest(new IngestOptions { Paths = [files.Path], Workers = 1 });
        Assert.Contains("\"lightly_active_minutes\": {\"sum\": 95.0, \"count\": 1}", run.Rows, StringComparison.Ordinal);
        Assert.Contains("\"resting_heart_rate\": {\"count\": 1, \"min\": 58.4,", run.Rows, StringComparison.Ordinal);
        Assert.Contains("\"steps\": {\"sum\": 10.0, \"count\": 2}", run.Rows, StringComparison.Ordinal);
        Assert.Equal((8, 4, 4), (run.Report.Records, run.Report.Aggregated, run.Report.Repeated));
    }

    [Fact]
    public void Steps_are_in_UTC_and_energy_is_local()
    {
        string record = """[{"dateTime":"01/01/24 23:30:00","value":"5"}]""";
        Assert.Contains("\"date\": \"2024-01-02\"", Read("steps-1.json", record, "Asia/Tokyo").Rows, StringComparison.Ordinal);
        Assert.Contains("\"date\": \"2024-01-01\"", Read("calories-1.json", record, "Asia/Tokyo").Rows, StringComparison.Ordinal);
    }

    [Fact]
    public void Short_times_awake_are_cut_out_of_the_stages_although_they_overlap_or_have_no_order()
    {
        RunResult run = Read("sleep-1.json", """
            [{"dateOfSleep":"2024-01-02","startTime":"2024-01-02T01:00:00","duration":7200000,"levels":{"data":[
            {"dateTime":"2024-01-02T02:00:00","level":"deep","seconds":3600},{"level":"light","seconds":3600,"dateTime":"2024-01-02T01:00:00","note":[{}]},
            {"dateTime":"2024-01-02T02:00:00","level":"dreaming","seconds":60},{"dateTime":"soon","level":"rem","seconds":60},7],
            "shortData":[{"dateTime":"2024-01-02T02:30:00","level":"wake","seconds":120},{"dateTime":"2024-01-02T02:31:00","level":"wake","seconds":120},
            {"dateTime":"2024-01-02T01:59:00","level":"wake","seconds":120}]}}]
            """);

        // Light 59 min, deep 60 - 1 - 3 min, awake 2 + 3 min.
        Assert.Contains("\"sleep_light\": {\"sum\": 59.0,", run.Rows, StringComparison.Ordinal);
        Assert.Contains("\"sleep_deep\": {\"sum\": 56.0,", run.Rows, StringComparison.Ordinal);
        Assert.Contains("\"sleep_awake\": {\"sum\": 5.0,", run.Rows, StringComparison.Ordinal);
        Assert.Contains("\"in_bed\": {\"sum\": 120.0,", run.Rows, StringComparison.Ordinal);
        Assert.Equal((2, 1), (PassedOver(run), run.Report.Rejected));
    }

    [Fact]
    public void Many_overlapping_segments_take_time_in_proportion_to_their_number()
    {
        string segments = string.Join(',', Enumerable.Repeat("""{"dateTime":"2024-01-02T01:00:00","level":"light","seconds":172800}""", 50_000));
        RunResult run = Read("sleep-1.json", $$$"""[{"dateOfSleep":"2024-01-02","startTime":"2024-01-02T01:00:00","levels":{"data":[{{{segments}}}],"shortData":[{{{segments}}}]}}]""");
        Assert.Equal(1, run.Report.Rows);
    }

    [Fact]
    public void A_file_that_ends_anywhere_is_accounted_for() => Damaged.EndsAnywhere(Set, new FitbitDialect(), Folder);

    [Fact]
    public void Damaged_files_are_accounted_for() => Damaged.Anywhere(Set, new FitbitDialect(), Folder);

    private static long PassedOver(RunResult run) => run.Report.PassedOver.Sum(p => p.Count);

    private RunResult Read(string name, string content, string zone = "UTC") =>
        Run.Ingest(new IngestOptions { Paths = [Folder.Write(name, Encoding.UTF8.GetBytes(content))], TimeZone = TimeZoneChoice.Find(zone) });
}
