using System.Text;
using FastIngest.Dialects.GoogleFit;
using FastIngest.Pipeline;
using FastIngest.Samples;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>The Google Fit part of Google Takeout: the golden set, the recognition of files, and damaged input.</summary>
public sealed class GoogleFitTests() : ExportSetTests("google-fit")
{
    [Fact]
    public void The_golden_set_gives_its_expected_rows_however_it_is_read()
    {
        RunResult run = Set.HoldsExpectedRows();
        Assert.Equal("", run.Rejects);

        // Two heart rates of the watch stand in the merged file too; the steps of the phone do not count beside the merged ones.
        Assert.Equal(2, run.Report.Repeated);
        Assert.Equal(1, run.Report.LeftOut);

        // An activity segment, a point without a time, and a segment out of bed.
        Assert.Equal(3, run.Report.PassedOver.Sum(p => p.Count));
    }

    [Fact]
    public void Merged_and_single_streams_of_steps_add_up_only_if_the_user_wants_it()
    {
        RunResult run = Run.Ingest(Set.Options with { Sources = SourcePolicy.Sum });
        Assert.Contains("\"steps\": {\"sum\": 190.0, \"count\": 3}", run.Rows, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Data Source":"raw:com.google.weight:a:b","Data Points":[]}""", true)]
    [InlineData("""{"Data Points":[],"Data Source":"x"}""", false)]
    [InlineData("""{ "fitnessActivity" : "running", "startTime" : "2024-01-01T00:00:00Z" }""", true)]
    [InlineData("""[{"fitnessActivity":"running","startTime":"2024-01-01T00:00:00Z"}]""", true)]
    [InlineData("""{"data":[{"a":1}]}""", false)]
    [InlineData("""[1,2]""", false)]
    [InlineData("", false)]
    public void A_file_is_recognised_by_its_content(string content, bool isFit) =>
        Assert.Equal(isFit, new GoogleFitDialect().Recognises(Encoding.UTF8.GetBytes(content), "any.json"));

    [Theory]
    [InlineData("""{"fitValue":[{"value":{"intVal":1}}],"startTimeNanos":"soon"}""", "no_date")]
    [InlineData("""{"fitValue":[{"value":{"intVal":1}}]}""", "no_date")]
    [InlineData("""{"fitValue":[],"startTimeNanos":1711843200000000000}""", "no_value")]
    [InlineData("""{"fitValue":[{"value":{}}],"startTimeNanos":1711843200000000000,"dataTypeName":"com.google.blood_pressure"}""", "no_value")]
    [InlineData("7", "not_an_object")]
    public void A_point_without_a_time_or_a_value_is_rejected(string point, string reason)
    {
        string path = Folder.Write("a.json", Encoding.UTF8.GetBytes($$$"""{"Data Source":"raw:com.google.step_count.delta:a:b","Data Points":[{"fitValue":[{"value":{"intVal":5}}],"startTimeNanos":"1711843200000000000"},{{{point}}}]}"""));
        RunResult run = Run.Ingest(new IngestOptions { Paths = [path] });
        Assert.Contains($"\"{reason}\"", run.Rejects, StringComparison.Ordinal);
        Assert.Contains("\"steps\": {\"sum\": 5.0, \"count\": 1}", run.Rows, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_ends_anywhere_is_accounted_for() => Damaged.EndsAnywhere(Set, new GoogleFitDialect(), Folder);

    [Fact]
    public void Damaged_files_are_accounted_for() => Damaged.Anywhere(Set, new GoogleFitDialect(), Folder);
}
