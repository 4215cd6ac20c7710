using System.Text;
using FastIngest.Dialects.Garmin;
using FastIngest.Pipeline;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>Garmin Connect exports: the golden set, the recognition of files, and damaged input.</summary>
public sealed class GarminTests() : ExportSetTests("garmin")
{
    [Fact]
    public void The_golden_set_gives_its_expected_rows_however_it_is_read()
    {
        RunResult run = Set.HoldsExpectedRows();
        Assert.Equal("", run.Rejects);
        Assert.Equal((1, 2), (run.Report.Repeated, run.Report.PassedOver.Sum(p => p.Count)));
    }

    /// <summary>The last day of an export is not over when the export is made.</summary>
    [Fact]
    public void Of_a_day_that_two_exports_state_the_larger_totals_count()
    {
        using TemporaryFolder files = new();
        File.WriteAllText(files.File("UDSFile_a.json"), """[{"calendarDate":"2024-05-01","totalSteps":3000,"restingHeartRate":50},{"calendarDate":"2024-04-30","totalSteps":5000}]""");
        File.WriteAllText(files.File("UDSFile_b.json"), """[{"calendarDate":"2024-04-30","totalSteps":5000},{"calendarDate":"2024-05-01","totalSteps":9000,"restingHeartRate":50}]""");
        RunResult run = Run.Ingest(new IngestOptions { Paths = [files.Path], Workers = 1 });
        Assert.Contains("\"steps\": {\"sum\": 9000.0, \"count\": 1}", run.Rows, StringComparison.Ordinal);
        Assert.Contains("\"steps\": {\"sum\": 5000.0, \"count\": 1}", run.Rows, StringComparison.Ordinal);
        Assert.Contains("\"resting_heart_rate\": {\"count\": 1,", run.Rows, StringComparison.Ordinal);
        Assert.Equal((6, 3, 3), (run.Report.Records, run.Report.Aggregated, run.Report.Repeated));
    }

    [Theory]
    [InlineData("""[{"summarizedActivitiesExport":[{"activityId":1}]}]""", true)]
    [InlineData("""[{"summarizedActivitiesExport":[]}]""", true)]
    [InlineData("""[{"calendarDate":"2024-03-31","totalSteps":1}]""", true)]
    [InlineData("""[{"calendarDate":"2024-03-31","user_id":"u","totalSteps":1}]""", false)]
    [InlineData("""[{"calendarDate":"2024-03-31"}]""", false)]
    [InlineData("""{"summarizedActivities":[{"activityId":1}]}""", false)]
    [InlineData("", false)]
    public void A_file_is_recognised_by_its_content(string content, bool isGarmin) =>
        Assert.Equal(isGarmin, new GarminDialect().Recognises(Encoding.UTF8.GetBytes(content), "any.json"));

    [Theory]
    [InlineData("""[{"summarizedActivitiesExport":[{"activityId":1,"activityType":"running"},{"activityId":2,"beginTimestamp":1711843200000}]}]""")]
    [InlineData("""[{"calendarDate":"soon","totalSteps":1},{"calendarDate":"2024-03-31","totalSteps":1}]""")]
    [InlineData("""[{"calendarDate":null,"sleepStartTimestampGMT":"x"},{"calendarDate":"2024-03-31","deepSleepSeconds":60}]""")]
    public void A_record_without_a_day_is_rejected_and_the_others_are_read(string content)
    {
        RunResult run = Run.Ingest(new IngestOptions { Paths = [Folder.Write("a.json", Encoding.UTF8.GetBytes(content))] });
        Assert.Contains("\"no_date\"", run.Rejects, StringComparison.Ordinal);
        Assert.Equal((1, 1), (run.Report.Rejected, run.Report.Rows));
    }

    [Fact]
    public void A_file_that_ends_anywhere_is_accounted_for() => Damaged.EndsAnywhere(Set, new GarminDialect(), Folder);

    [Fact]
    public void Damaged_files_are_accounted_for() => Damaged.Anywhere(Set, new GarminDialect(), Folder);
}
