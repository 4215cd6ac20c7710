using System.Text;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>Values of exports that cannot be read, or that no person can have, are counted or rejected in every dialect, and never lost in silence.</summary>
public sealed class LostValueTests : IDisposable
{
    private const string Nanos = "000000000";

    private readonly TemporaryFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    /// <summary>Each file has one workout, of which one number cannot be read.</summary>
    public static TheoryData<string, string, string, string> UnreadableNumbers { get; } = new()
    {
        { "export.xml", AppleWorkout("duration=\"12,5\" durationUnit=\"min\""), "duration", "\"12,5\"" },
        { "export.xml", AppleWorkout("totalEnergyBurned=\"1.234,5\" totalEnergyBurnedUnit=\"kcal\""), "totalEnergyBurned", "\"1.234,5\"" },
        { "export.xml", AppleWorkout("duration=\"12\" durationUnit=\"fortnights\""), "duration", "\"12 fortnights\"" },
        { "export.xml", AppleWorkout("totalEnergyBurned=\"300\" totalEnergyBurnedUnit=\"foo\""), "totalEnergyBurned", "\"300 foo\"" },
        { "export.xml", AppleWorkout("", "<WorkoutStatistics type=\"HKQuantityTypeIdentifierActiveEnergyBurned\" sum=\"3,5\" unit=\"kcal\"/>"), "WorkoutStatistics.sum", "\"3,5\"" },
        { "export.xml", AppleWorkout("", "<WorkoutStatistics type=\"HKQuantityTypeIdentifierActiveEnergyBurned\" sum=\"3\" unit=\"foo\"/>"), "WorkoutStatistics.sum", "\"3 foo\"" },
        { "p.json", MobileHealth("physical-activity", """ "activity_name":"run","kcal_burned":{"value":"1,250","unit":"kcal"} """), "body.kcal_burned", "\"1,250\"" },
        { "p.json", MobileHealth("physical-activity", """ "activity_name":"run","calories_burned":{"value":250,"unit":"foo"} """), "body.calories_burned", "\"250 foo\"" },
        { "p.json", MobileHealth("physical-activity", """ "activity_name":"run","duration":{"value":"1,5","unit":"h"} """), "body.duration", "\"1,5\"" },
        { "p.json", MobileHealth("physical-activity", """ "activity_name":"run","duration":90 """), "body.duration", "\"90\"" },
        { "s.json", FitSession("running", """ "aggregate":[{"metricName":"com.google.calories.expended","floatValue":"1,2"}] """), "aggregate.floatValue", "\"1,2\"" },
        { "s.json", FitSession("running", """ "duration":"18,5s" """), "duration", "\"18,5s\"" },
        { "w.json", AutoExportWorkout(""" "activeEnergyBurned":{"qty":300,"units":"foo"} """), "activeEnergyBurned.qty", "\"300 foo\"" },
        { "w.json", AutoExportWorkout(""" "totalEnergy":{"qty":300} """), "totalEnergy.qty", "\"300\"" },
        { "w.json", AutoExportWorkout(""" "activeEnergyBurned":{"qty":"3,5","units":"kcal"} """), "activeEnergyBurned.qty", "\"3,5\"" },
        { "exercise-0.json", """[{"logId":1,"activityName":"Run","startTime":"05/01/24 08:00:00","duration":600000,"calories":"1,100"}]""", "calories", "\"1,100\"" },
        { "a.json", """[{"summarizedActivitiesExport":[{"activityId":1,"beginTimestamp":1711843200000,"duration":"1,5"}]}]""", "duration", "\"1,5\"" },
    };

    [Theory]
    [MemberData(nameof(UnreadableNumbers))]
    public void A_number_of_a_workout_that_cannot_be_read_is_counted_with_its_unit_and_place(string name, string content, string field, string example)
    {
        RunResult run = Read(name, content);
        FieldFinding finding = Assert.Single(run.Report.Fields);
        Assert.Equal((FindingKind.Unreadable, Category.Workouts, field, 1L, example), (finding.Kind, finding.Category, finding.Field, finding.Records, finding.Example));
        Assert.True(finding.IsFault);
        Assert.Equal(1, run.Report.Categories.Single(c => c.Category == Category.Workouts).Aggregated);
    }

    [Fact]
    public void A_nutrient_that_cannot_be_read_is_counted()
    {
        string food = $$$$"""{"Data Source":"raw:com.google.nutrition:x","Data Points":[{"dataTypeName":"com.google.nutrition","startTimeNanos":1714550400{{{{Nanos}}}},"endTimeNanos":1714550400{{{{Nanos}}}},"fitValue":[{"value":{"mapVal":[{"key":"calories","value":{"fpVal":"1,2"}},{"key":"protein","value":{"fpVal":"7"}}]}}]}]}""";
        RunResult run = Read("food.json", food);
        Assert.Equal((Category.Nutrition, "fitValue.mapVal.calories", "\"1,2\""), Assert.Single(run.Report.Fields, f => f.Kind == FindingKind.Unreadable) is var f ? (f.Category, f.Field, f.Example) : default);
        Assert.Contains("\"protein_g\": 7.0", run.Rows, StringComparison.Ordinal);
    }

    /// <summary>A record that is rejected is named in the rejects file, with all its fields.</summary>
    [Theory]
    [InlineData("steps-1.json", """[{"dateTime":"02/28/24 08:00:00","value":"many"},{"dateTime":"02/28/24 08:00:00","value":"3"}]""")]
    [InlineData("exercise-0.json", """[{"logId":1,"activityName":"Run","startTime":"05/01/24 08:00:00"},{"logId":2,"activityName":"Run","startTime":"soon","calories":"1,100"}]""")]
    public void The_fields_of_a_rejected_record_do_not_count_once_more(string name, string content)
    {
        RunResult run = Read(name, content);
        Assert.Empty(run.Report.Fields);
        Assert.Equal(1, run.Report.Rejected);
    }

    [Fact]
    public void A_field_of_a_workout_that_is_not_read_counts_among_the_workouts()
    {
        FieldFinding finding = Assert.Single(Read("exercise-0.json", """[{"logId":1,"activityName":"Run","startTime":"05/01/24 08:00:00","mood":"good"}]""").Report.Fields);
        Assert.Equal((FindingKind.Unknown, Category.Workouts, "mood"), (finding.Kind, finding.Category, finding.Field));
    }

    /// <summary>Workouts and sleeps that end before they start, and whose length is stated nowhere else.</summary>
    public static TheoryData<string, string> Backwards { get; } = new()
    {
        { "export.xml", AppleWorkout("endDate=\"2024-05-01 07:00:00 +0000\"") },
        { "export.xml", AppleSleep("2024-05-02 06:00:00 +0000", "2024-05-01 23:00:00 +0000") },
        { "w.json", AutoExportWorkout(""" "end":"2024-05-01 07:00:00 +0000" """, end: null) },
        { "s.json", AutoExportSleep("2024-05-02 06:00:00 +0000", "2024-05-01 23:00:00 +0000") },
        { "s.json", FitSession("running", """ "x":1 """, "2024-05-01T07:00:00.000Z") },
        { "s.json", FitSession("sleep", """ "x":1 """, "2024-05-01T07:00:00.000Z") },
        { "p.json", FitSleep("1714550400", "1714540400") },
        { "sleep-1.json", """[{"dateOfSleep":"2024-05-02","startTime":"2024-05-02T06:00:00.000","endTime":"2024-05-01T23:00:00.000"}]""" },
        { "o.json", MobileHealth("sleep-episode", """ "activity_name":"sleep" """, "2024-05-01T07:00:00Z") },
        { "o.json", MobileHealth("physical-activity", """ "activity_name":"run" """, "2024-05-01T07:00:00Z") },
    };

    [Theory]
    [MemberData(nameof(Backwards))]
    public void A_record_that_ends_before_it_starts_is_rejected(string name, string content)
    {
        RunResult run = Read(name, content);
        Assert.Contains("\"no_date\"", run.Rejects, StringComparison.Ordinal);
        Assert.Equal((1, 0), (run.Report.Rejected, run.Report.Aggregated));
    }

    /// <summary>Sleeps of ten years.</summary>
    public static TheoryData<string, string> Endless { get; } = new()
    {
        { "export.xml", AppleSleep("2014-05-02 06:00:00 +0000", "2024-05-01 06:00:00 +0000") },
        { "s.json", AutoExportSleep("2014-05-02 06:00:00 +0000", "2024-05-01 06:00:00 +0000") },
        { "s.json", FitSession("sleep", """ "duration":"315360000s" """) },
        { "p.json", FitSleep("1398980400", "1714540400") },
        { "sleep-1.json", """[{"dateOfSleep":"2024-05-02","startTime":"2014-05-02T06:00:00.000","endTime":"2024-05-01T23:00:00.000"}]""" },
        { "sleep-1.json", """[{"dateOfSleep":"2024-05-02","startTime":"2024-05-01T06:00:00.000","duration":315360000000}]""" },
        { "o.json", MobileHealth("sleep-episode", """ "activity_name":"sleep" """, "2024-05-01T07:00:00Z", "2014-05-01T07:00:00Z") },
    };

    [Theory]
    [MemberData(nameof(Endless))]
    public void A_sleep_that_no_person_has_is_kept_dropped_or_rejected(string name, string content)
    {
        RunResult kept = Read(name, content), dropped = Read(name, content, ImplausiblePolicy.Drop), rejected = Read(name, content, ImplausiblePolicy.Reject);
        foreach (RunResult run in (RunResult[])[kept, dropped, rejected])
        {
            FieldFinding finding = Assert.Single(run.Report.Fields, f => f.Field != "date");
            Assert.Equal((FindingKind.Implausible, Category.Samples), (finding.Kind, finding.Category));
        }

        Assert.Equal((1, 0, 0), (kept.Report.Rows, dropped.Report.Rows, rejected.Report.Rows));
        Assert.Contains("\"no_value\"", dropped.Rejects, StringComparison.Ordinal);
        Assert.Contains("\"implausible\"", rejected.Rejects, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HeartRate", "count/min", "9000", "heart_rate", "9000")]
    [InlineData("RestingHeartRate", "count/min", "5", "resting_heart_rate", "5")]
    [InlineData("StepCount", "count", "-500", "steps", "-500")]
    [InlineData("StepCount", "count", "9e9", "steps", "9000000000")]
    [InlineData("DistanceCycling", "m", "1000001", "cycling_distance", "1000.001")]
    [InlineData("ActiveEnergyBurned", "kcal", "20001", "active_energy", "20001")]
    [InlineData("AppleExerciseTime", "min", "1441", "exercise_minutes", "1441")]
    [InlineData("BodyMass", "kg", "0.5", "weight", "0.5")]
    [InlineData("Height", "m", "3", "height", "300")]
    [InlineData("DietaryEnergyConsumed", "kcal", "20001", "dietary_energy", "20001")]
    [InlineData("DietaryProtein", "g", "5001", "protein", "5001")]
    public void A_sample_has_the_range_of_the_field_that_means_the_same(string type, string unit, string value, string metric, string example)
    {
        string Document(string v) => Apple($"<Record type=\"HKQuantityTypeIdentifier{type}\" sourceName=\"W\" unit=\"{unit}\" startDate=\"2024-05-01 08:00:00 +0000\" endDate=\"2024-05-01 08:00:00 +0000\" value=\"{v}\"/>\n <Record type=\"HKQuantityTypeIdentifierOxygenSaturation\" sourceName=\"W\" unit=\"%\" startDate=\"2024-05-01 08:00:00 +0000\" endDate=\"2024-05-01 08:00:00 +0000\" value=\"0.97\"/>");
        foreach (ImplausiblePolicy policy in Enum.GetValues<ImplausiblePolicy>())
        {
            RunResult run = Read("export.xml", Document(value), policy);
            FieldFinding finding = Assert.Single(run.Report.Fields);
            Assert.Equal((FindingKind.Implausible, metric, 1L, example), (finding.Kind, finding.Field, finding.Records, finding.Example));
            Assert.Equal(policy == ImplausiblePolicy.Keep ? 0 : 1, run.Report.Rejected);
            Assert.Equal(policy == ImplausiblePolicy.Keep, run.Rows.Contains($"\"{metric}\": {{", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_smallest_and_the_largest_value_of_an_average_must_be_plausible_too()
    {
        const string content = """{"data":{"metrics":[{"name":"heart_rate","units":"bpm","data":[{"date":"2024-05-01 08:00:00 +0000","Min":50,"Avg":70,"Max":9000,"source":"W"}]}]}}""";
        Assert.Equal(("heart_rate", "9000"), Assert.Single(Read("h.json", content, ImplausiblePolicy.Reject).Report.Fields) is var f ? (f.Field, f.Example) : default);
    }

    /// <summary>Many samples are passed on as one run.</summary>
    [Fact]
    public void An_implausible_sample_among_many_is_found_and_only_it_is_rejected()
    {
        StringBuilder records = new();
        for (int i = 0; i < 3000; i++)
        {
            records.Append($"<Record type=\"HKQuantityTypeIdentifierHeartRate\" sourceName=\"W\" unit=\"count/min\" startDate=\"2024-05-01 08:{i / 60 % 60:00}:{i % 60:00} +0000\" endDate=\"2024-05-01 08:{i / 60 % 60:00}:{i % 60:00} +0000\" value=\"{(i % 1000 == 500 ? 9000 : 70)}\"/>\n ");
        }

        RunResult run = Read("export.xml", Apple(records.ToString()), ImplausiblePolicy.Reject);
        Assert.Equal((3, 2997), (run.Report.Rejected, run.Report.Aggregated));
        Assert.Equal(3, Assert.Single(run.Report.Fields).Records);
    }

    [Theory]
    [InlineData("""{"dateTime":"garbled","level":"deep","seconds":600}""", "no_date", null)]
    [InlineData("""{"level":"deep","seconds":600}""", "no_date", null)]
    [InlineData("""{"dateTime":"2024-05-01T23:10:00.000","level":"deep","seconds":"1,5"}""", "no_value", null)]
    [InlineData("""{"dateTime":"2024-05-01T23:10:00.000","level":"deep"}""", "no_value", null)]
    [InlineData("""{"dateTime":"2024-05-01T23:10:00.000","level":"deeper","seconds":600}""", null, "sleep level of an unknown kind")]
    [InlineData("""{"dateTime":"2024-05-01T23:10:00.000","level":"deep","seconds":"600"}""", null, null)]
    public void A_level_of_a_sleep_that_cannot_be_read_has_its_own_reason(string level, string? reason, string? passedOver)
    {
        RunResult run = Read("sleep-1.json", $$$"""[{"dateOfSleep":"2024-05-02","startTime":"2024-05-01T23:00:00.000","endTime":"2024-05-02T06:00:00.000","duration":25200000,"levels":{"data":[{"dateTime":"2024-05-01T23:00:00.000","level":"light","seconds":600},{{{level}}}]}}]""");
        Assert.Equal(reason is null ? 0 : 1, run.Report.Rejected);
        Assert.Equal(passedOver, run.Report.PassedOver.Select(p => Encoding.UTF8.GetString(p.Name)).SingleOrDefault());
        if (reason is not null)
        {
            Assert.Contains($"\"{reason}\"", run.Rejects, StringComparison.Ordinal);
        }
    }

    private static string Apple(string content) => $"<?xml version=\"1.0\"?>\n<HealthData locale=\"en\">\n {content}\n</HealthData>\n";

    private static string AppleWorkout(string attributes, string content = "") =>
        Apple($"<Workout workoutActivityType=\"HKWorkoutActivityTypeRunning\" sourceName=\"W\" startDate=\"2024-05-01 08:00:00 +0000\" {attributes}>{content}</Workout>");

    private static string AppleSleep(string start, string end) =>
        Apple($"<Record type=\"HKCategoryTypeIdentifierSleepAnalysis\" sourceName=\"W\" startDate=\"{start}\" endDate=\"{end}\" value=\"HKCategoryValueSleepAnalysisAsleepCore\"/>");

    private static string AutoExportWorkout(string fields, string? end = "2024-05-01 09:00:00 +0000") =>
        $$$$"""{"data":{"workouts":[{"id":"1","name":"Run","start":"2024-05-01 08:00:00 +0000",{{{{(end is null ? "" : $"\"end\":\"{end}\",")}}}}{{{{fields}}}}}]}}""";

    private static string AutoExportSleep(string start, string end) =>
        $$$$"""{"data":{"metrics":[{"name":"sleep_analysis","units":"hr","data":[{"startDate":"{{{{start}}}}","endDate":"{{{{end}}}}","value":"Core","source":"W"}]}]}}""";

    private static string FitSession(string activity, string fields, string end = "2024-05-01T09:00:00.000Z") =>
        $$$$"""{"fitnessActivity":"{{{{activity}}}}","startTime":"2024-05-01T08:00:00.000Z","endTime":"{{{{end}}}}",{{{{fields.Replace("\"x\":1", "\"segment\":[]", StringComparison.Ordinal)}}}}}""";

    private static string FitSleep(string start, string end) =>
        $$$$"""{"Data Source":"raw:com.google.sleep.segment:x","Data Points":[{"dataTypeName":"com.google.sleep.segment","startTimeNanos":{{{{start}}}}{{{{Nanos}}}},"endTimeNanos":{{{{end}}}}{{{{Nanos}}}},"fitValue":[{"value":{"intVal":2}}]}]}""";

    private static string MobileHealth(string schema, string body, string end = "2024-05-01T09:00:00Z", string start = "2024-05-01T08:00:00Z") =>
        $$$"""{"header":{"id":"1","user_id":"u","schema_id":{"namespace":"omh","name":"{{{schema}}}","version":"1.0"}},"body":{"effective_time_frame":{"time_interval":{"start_date_time":"{{{start}}}","end_date_time":"{{{end}}}"}},{{{body}}}}}""";

    private RunResult Read(string name, string content, ImplausiblePolicy policy = ImplausiblePolicy.Keep) => Run.Ingest(new IngestOptions
    {
        Paths = [_folder.Write(name, Encoding.UTF8.GetBytes(content))],
        Workers = 1,
        Implausible = policy,
        AllowedFields = AllowedFields.None,
    });
}
