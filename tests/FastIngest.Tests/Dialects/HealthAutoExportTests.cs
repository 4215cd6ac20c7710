using FastIngest.Dialects.HealthAutoExport;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>Files of Health Auto Export: the golden set, the recognition of files, and damaged input.</summary>
public sealed class HealthAutoExportTests() : ExportSetTests("health-auto-export")
{
    private const string Steps = """{"name":"step_count","units":"count","data":[{"date":"2024-01-01 08:00:00 +0100","qty":10},{"date":"2024-01-01 09:00:00 +0100","qty":5}]}""";

    [Fact]
    public void The_golden_set_gives_its_expected_rows_however_it_is_read()
    {
        RunResult run = Set.HoldsExpectedRows();
        Assert.Equal(
            ["no_date", "no_value", "not_an_object"],
            run.Rejects.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split("\"reason\": \"")[1].Split('"')[0]));

        // Repeated: the steps of midnight, the weight and the run. Passed over: a metric without numbers and a symptom.
        Assert.Equal((3, 2), (run.Report.Categories.Sum(c => c.Repeated), Samples(run).PassedOver));
    }

    [Theory]
    [InlineData("""{"data":{"metrics":[]}}""", true)]
    [InlineData("""{"data":{"metrics":[{"name":"x","units":"count","data":[]}]}}""", true)]
    [InlineData("""{ "data" : { "workouts" : [ ], "metrics" : [ { "data" : [""", true)]
    [InlineData("""{"data":{"workouts":[{"name":"Run"}]}}""", true)]
    [InlineData("""{"data":{"symptoms":[],"stateOfMind":[],"metrics":[{"units":"count","name":""", true)]
    [InlineData("""{"data":{"metrics":[{"date":"2024-01-01","qty":1}]}}""", false)]
    [InlineData("""{"data":{"people":[{"name":"x"}]}}""", false)]
    [InlineData("""{"data":[{"metrics":[]}]}""", false)]
    [InlineData("""{"data":{}}""", false)]
    [InlineData("""[{"data":{"metrics":[]}}]""", false)]
    [InlineData("", false)]
    public void A_file_is_recognised_by_its_outline(string content, bool isRecognised) =>
        Assert.Equal(isRecognised, new HealthAutoExportDialect().Recognises(content.Bytes(), "any.json"));

    [Fact]
    public void Names_and_units_count_for_points_that_stand_before_them()
    {
        RunResult run = Read("""{"data":{"metrics":[{"data":[{"date":"2024-01-01 08:00:00 +0100","qty":150}],"units":"lb","name":"weight_body_mass"}]}}""");
        Assert.Contains("\"weight\": {\"count\": 1, \"min\": 68.038856,", run.Rows, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Avg\":72,\"Min\":60,\"Max\":90", "60.0, \"max\": 90.0, \"mean\": 72.0")]
    [InlineData("\"qty\":72,\"Avg\":71,\"Min\":60,\"Max\":90", "60.0, \"max\": 90.0, \"mean\": 72.0")]
    [InlineData("\"qty\":72,\"Max\":90", "72.0, \"max\": 90.0, \"mean\": 72.0")]
    [InlineData("\"qty\":72", "72.0, \"max\": 72.0, \"mean\": 72.0")]
    public void The_smallest_and_the_largest_value_of_a_point_count_with_its_average_or_its_quantity(string fields, string expected)
    {
        RunResult run = Read($$$"""{"data":{"metrics":[{"name":"heart_rate","units":"bpm","data":[{"date":"2024-01-01 08:00:00 +0100",{{{fields}}}}]}]}}""");
        Assert.Contains($"\"heart_rate\": {{\"count\": 1, \"min\": {expected}}}", run.Rows, StringComparison.Ordinal);
    }

    /// <summary>An automation exports the same day every few hours. What is logged twice in one file, such as two glasses of water, counts twice.</summary>
    [Fact]
    public void Of_a_total_that_two_exports_state_the_larger_one_counts()
    {
        using TemporaryFolder files = new();
        for (int i = 0; i < 3; i++)
        {
            int[] steps = [3000, 9000, 9000], water = [200, 250, 250];
            double[] sleep = [2.5, 7.5, 7.5];
            string glass = $$"""{"date":"2024-05-01 09:00:00 +0200","qty":{{water[i]}}}""", other = """{"date":"2024-05-01 09:00:00 +0200","qty":100}""";
            File.WriteAllText(files.File($"{i}.json"), $$$"""
                {"data":{"metrics":[
                {"name":"step_count","units":"count","data":[{"date":"2024-05-01 00:00:00 +0200","qty":{{{steps[i]}}},"source":"Watch|iPhone"}]},
                {"name":"dietary_water","units":"mL","data":[{{{(i == 2 ? $"{other},{glass}" : $"{glass},{other}")}}}]},
                {"name":"sleep_analysis","units":"hr","data":[{"date":"2024-05-01 00:00:00 +0200","sleepEnd":"2024-05-01 07:00:00 +0200","totalSleep":{{{System.FormattableString.Invariant($"{sleep[i]}")}}}}]}]}}
                """);
        }

        // A second program knows the same night, and less of it.
        File.WriteAllText(files.File("9_sleepData.json"), """[{"calendarDate":"2024-05-01","sleepEndTimestampGMT":"2024-05-01T05:00:00.0","sleepStartTimestampGMT":"2024-04-30T22:00:00.0","deepSleepSeconds":3600,"lightSleepSeconds":18000}]""");
        RunResult run = Run.Ingest(new IngestOptions { Paths = [files.Path], Workers = 1 });
        Assert.Contains("\"activity_steps\": 9000.0", run.Rows, StringComparison.Ordinal);
        Assert.Contains("\"water\": {\"sum\": 350.0, \"count\": 2}", run.Rows, StringComparison.Ordinal);
        Assert.Contains("\"sleep_count\": 1, \"sleep_hours\": 7.5", run.Rows, StringComparison.Ordinal);
        Assert.Equal((13, 4, 9), (run.Report.Records, run.Report.Aggregated, run.Report.Repeated));
    }

    [Fact]
    public void Two_exports_of_a_day_with_many_totals_and_readings_give_the_rows_of_one()
    {
        using TemporaryFolder files = new();
        string Points(int count, int value) => string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"date":"2024-05-01 {{i / 60:00}}:{{i % 60:00}}:00 +0200","qty":{{value}}}"""));
        string export = $$$"""{"data":{"metrics":[{"name":"step_count","units":"count","data":[{{{Points(500, 3)}}}]},{"name":"respiratory_rate","units":"count/min","data":[{{{Points(300, 14)}}}]}]}}""";
        File.WriteAllText(files.File("1.json"), export);
        RunResult one = Run.Ingest(new IngestOptions { Paths = [files.Path], Workers = 1 });
        File.WriteAllText(files.File("2.json"), export + "\n");
        RunResult two = Run.Ingest(new IngestOptions { Paths = [files.Path], Workers = 1 });
        Same.Text(one.Rows, two.Rows, "read twice");
        Assert.Equal((1600, 800), (two.Report.Records, two.Report.Repeated));
    }

    /// <summary>What is counted is added up, whatever the app calls it.</summary>
    [Theory]
    [InlineData("number_of_times_fallen", "count", "falls", "3.0")]
    [InlineData("push_count", "count", "wheelchair_pushes", "3.0")]
    [InlineData("inhaler_usage", "count", "inhaler_uses", "3.0")]
    [InlineData("alcohol_consumption", "count", "alcoholic_drinks", "3.0")]
    [InlineData("dietary_biotin", "mcg", "biotin", "3.0")]
    [InlineData("biotin", "mg", "biotin", "3000.0")]
    [InlineData("distance_rowing", "m", "rowing_distance", "0.003")]
    [InlineData("apple_stand_hour", "hours", "stand_hours", "3.0")]
    [InlineData("dietary_water", "cup_imp", "water", "852.391875")]
    public void Counts_and_nutrients_are_added_up(string name, string units, string metric, string sum)
    {
        RunResult run = Read($$$"""{"data":{"metrics":[{"name":"{{{name}}}","units":"{{{units}}}","data":[{"date":"2024-01-01 08:00:00 +0100","qty":1},{"date":"2024-01-01 09:00:00 +0100","qty":2}]}]}}""");
        Assert.Contains($"\"metrics\": {{\"{metric}\": {{\"sum\": {sum}, \"count\": 2}}}}", run.Rows, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_counts_by_itself_unless_the_app_has_merged_sources()
    {
        const string apart = """{"data":{"metrics":[{"name":"step_count","units":"count","data":[{"date":"2024-01-01 08:00:00 +0100","qty":10,"source":"A"},{"date":"2024-01-01 09:00:00 +0100","qty":5,"source":"B"}]}]}}""";
        Assert.Contains("\"steps\": {\"sum\": 10.0, \"count\": 1}", Read(apart).Rows, StringComparison.Ordinal);
        Assert.Contains("\"steps\": {\"sum\": 15.0, \"count\": 2}", Read(apart.Replace("\"source\":\"B\"", "\"source\":\"A|B\"", StringComparison.Ordinal)).Rows, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_point_is_rejected_and_no_metric_takes_the_points_of_another_one()
    {
        string weight = """{"name":"weight_body_mass","units":"kg","data":[{"date":"2024-01-01 08:00:00 +0100","qty":70},{"date":"2024-01-01 09:00:00 +0100","qty":71}]}""";
        string file = "{\"data\":{\"metrics\":[" + Steps + "," + weight + "]}}";
        for (int at = 0; at < file.Length; at++)
        {
            foreach (string damaged in (string[])[file.Remove(at, 1), file.Insert(at, "\""), file.Insert(at, "}"), file.Insert(at, "]"), file[..at] + "x" + file[(at + 1)..]])
            {
                RunResult run = Read(damaged);
                string[] weights = run.Rows.Split("\"weight\": {");
                string kilograms = weights.Length > 1 ? weights[1].Split('}')[0] : "";
                Assert.True(
                    IsAtMost(run.Rows, "\"steps\": {\"sum\": ", 15) && IsAtMost(kilograms, "\"count\": ", 2) && !kilograms.Contains(": 5.0", StringComparison.Ordinal) && !kilograms.Contains(": 10.0", StringComparison.Ordinal),
                    $"{damaged}\n{run.Rows}");
            }
        }
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_is_named_and_what_it_holds_is_read()
    {
        string file = "{\"data\":{\"metrics\":[" + Steps + "],\"workouts\":[{\"name\":\"Run\",\"start\":\"2024-01-01 10:00:00 +0100\",\"duration\":60}]}}";
        for (int length = file.IndexOf("9:00", StringComparison.Ordinal); length < file.Length; length++)
        {
            RunResult run = Read(file[..length]);
            Assert.Single(run.Report.CutOff);
            Assert.Contains("\"steps\": {\"sum\": 1", run.Rows, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Several_exports_in_one_file_are_read_one_after_another()
    {
        string one = "{\"data\":{\"metrics\":[" + Steps + "]}}";
        RunResult run = Read(one + "\n" + one.Replace("2024-01-01", "2024-01-02", StringComparison.Ordinal) + "\nno JSON");
        Assert.Equal(2, run.Report.Rows);
        Assert.Contains("\"invalid_json\"", run.Rejects, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_never_fails_and_does_not_depend_on_the_chunks()
    {
        byte[][] files = [.. Set.Files.Select(File.ReadAllBytes)];
        Fuzz.Run(seed: 31, rounds: 40, random =>
        {
            byte[] damaged = random.Any(files);
            for (int i = 0; i < 3; i++)
            {
                int at = random.Next(damaged.Length - 40);
                damaged = [.. damaged[..at], .. Mutations.Mutate(random, damaged[at..(at + 40)]), .. damaged[(at + 40)..]];
            }

            RunResult whole = ReadBytes(damaged, 0), pieces = ReadBytes(damaged, random.Next(1, 400));
            Same.Text(whole.Rows, pieces.Rows, "rows");
            Same.Text(whole.Rejects, pieces.Rejects, "rejects");
            CategoryReport samples = Samples(whole);
            Assert.Equal(samples.Records, samples.Aggregated + samples.PassedOver + samples.Repeated + samples.Rejected);
        });
    }

    private static CategoryReport Samples(RunResult run) => run.Report.Categories.Single(c => c.Category == Category.Samples);

    /// <summary>Whether a text has no number after a label, or one that is at most a limit.</summary>
    private static bool IsAtMost(string text, string label, double limit)
    {
        int at = text.IndexOf(label, StringComparison.Ordinal);
        return at < 0 || double.Parse(text[(at + label.Length)..].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture) <= limit;
    }

    private RunResult Read(string content) => ReadBytes(content.Bytes(), 0);

    private RunResult ReadBytes(byte[] content, int chunkBytes)
    {
        string path = Folder.Write("HealthAutoExport.json", content);
        return Run.Ingest(new IngestOptions { Paths = [path], From = new HealthAutoExportDialect(), Workers = 2, ChunkBytes = chunkBytes });
    }
}
