using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>
/// Records whose fields, numbers, dates or users are not as this program writes them. Nothing is lost in silence: it is read, or it is
/// named. The cases of <c>tests/data/cases</c>, and more of each kind from public reports.
/// </summary>
public sealed class FieldCaseTests
{
    [Fact]
    public void Numbers_with_commas_and_units_are_counted_with_an_example()
    {
        using Workplace place = Case("numstr");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--to", "ndjson:-");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("""nutrition: calories is not a number in 1 of 2 records, such as "1,250" in ./nutrition.json at byte 1;""", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("""nutrition: carbs is not a number in 2 of 2 records, such as "30 g" """.TrimEnd(), outcome.Error, StringComparison.Ordinal);
        Assert.Equal(3, HealthIngestionProcess.Run(place.Directory, ".", "--strict").ExitCode);
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ".", "--strict", "--allow-unknown", "calories,nutrition.protein", "--allow-unknown", "carbs,fat").ExitCode);
    }

    [Theory]
    [InlineData("1.000,92", "jasp-stats/jasp-desktop, issue 403")]
    [InlineData("88,9821", "highcharts/highcharts-editor, issue 201")]
    [InlineData("2,334.01", "pandas-dev/pandas, pull request 4598")]
    [InlineData("15.000,96", "Aam-Digital/ndb-core, issue 3453")]
    public void A_number_as_another_country_writes_it_is_not_lost_in_silence(string number, string report)
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["nutrition.json"], $$"""[{"user_id":"u1","date":"2024-01-02","calories":"{{number}}"}]""");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--strict", "--dry-run");

        Assert.True(outcome.ExitCode == 3, report);
        Assert.Contains($"such as \"{number}\" in", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("h12", "2024-09-21")]
    [InlineData("epoch", "2024-01-02")]
    public void Dates_of_phones_and_the_time_since_1970_are_read(string name, string day)
    {
        using Workplace place = Case(name);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--to", "ndjson:-", "--strict");

        Assert.Equal(0, outcome.ExitCode);
        JsonElement row = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal((day, 3), (row.GetProperty("date").GetString(), row.GetProperty("hr_count").GetInt32()));
    }

    [Theory]
    [InlineData("\"2024-09-28 4:51:59 pm +1000\"", "2024-09-28", "joeecarter/health-import-server, issue 5")]
    [InlineData("\"2024-02-06 20:00:00 -0800\"", "2024-02-06", "Lybron/health-auto-export, issue 72")]
    [InlineData("1784694237438743460", "2026-07-22", "slaveofcode/goodwebtools, pull request 43")]
    [InlineData("1704239999999999", "2024-01-02", "Netflix/atlas, pull request 1673")]
    [InlineData("\"1687219200000\"", "2023-06-20", "raycast/extensions, issue 7207")]
    public void A_date_that_other_importers_failed_on_is_read(string date, string day, string report)
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["heart_rate.json"], $$"""[{"user_id":"u1","timestamp":{{date}},"value":61}]""");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--to", "ndjson:-", "--quiet");

        Assert.True(outcome.ExitCode == 0, report);
        Assert.Equal(day, JsonDocument.Parse(outcome.Output).RootElement.GetProperty("date").GetString());
    }

    [Fact]
    public void Ambiguous_dates_are_rejected_and_the_forms_that_are_read_are_named()
    {
        using Workplace place = Case("mmddyy");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--to", "ndjson:-");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("dates that are read: 2024-05-01,", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("ambiguous_date 1", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5/26/2020", "BlythMeister/Fitbit-Overview-Face, issue 34")]
    [InlineData("13.04.2024", "the form of German exports")]
    [InlineData("3/10/20, 7:59 AM", "the short form of iOS in the United States")]
    [InlineData("12/01/2026", "dannymcc/may, issue 250")]
    [InlineData("03/04/1991", "submersion-app/submersion, issue 1828")]
    [InlineData("02/01/2014", "wireservice/csvkit, issue 280")]
    [InlineData("31.10.2022", "SheetJS/sheetjs, issue 2704")]
    public void Each_ambiguous_form_has_the_same_reason(string date, string report)
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["sleep.json"], $$"""[{"user_id":"u1","date":"{{date}}","total_sleep":7}]""");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--quiet", "--dry-run");

        Assert.True(outcome.ExitCode == 3, report);
        Assert.Contains("where day and month are unclear", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Fitbit_export_is_read_although_it_names_no_user()
    {
        using Workplace place = Case("fitbit");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--to", "ndjson:-", "--quiet");

        Assert.Equal(0, outcome.ExitCode);
        JsonElement day = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal(("me", "2024-01-01"), (day.GetProperty("user_id").GetString(), day.GetProperty("date").GetString()));
        Assert.Equal((61.0, 400 / 60.0), (day.GetProperty("hr_min").GetDouble(), day.GetProperty("sleep_hours").GetDouble()));
    }

    [Fact]
    public void Records_without_users_end_with_3_and_each_file_names_the_option_that_helps()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["sleep.json"], """[{"date":"2024-01-02","total_sleep":7}]""");
        File.WriteAllText(place["heart_rate.json"], """[{"timestamp":"2024-01-02T08:00:00","value":61}]""");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--quiet", "--dry-run");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Equal(2, outcome.ErrorLines.Length);
        Assert.All(outcome.ErrorLines, l => Assert.Contains("--user-id NAME", l, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sleep.json", """[{"date":"2024-01-02","total_sleep":7}]""")] // case fitbit
    [InlineData("sleep.ndjson", """{"date":"2024-01-02","total_sleep":7,"user_id":null}""")] // burke-software/django-simple-import, issue 21: a null user_id
    [InlineData("sleep.csv", "date,total_sleep\n2024-01-02,7\n")] // oliexdev/openScale, issue 480: the CSV export does not say whose records it holds
    [InlineData("sleep.csv", "user_id,date,total_sleep\n,2024-01-02,7\n")] // ahuseyn/TGcollector, issue 8: a blank user id in CSV
    [InlineData("sleep.json", """[{"date":"2024-01-02","total_sleep":7,"user_id":""}]""")] // epam/badgerdoc, issue 273: an empty user id
    public void A_user_can_be_given_to_records_without_one(string name, string content)
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place[name], content);

        Assert.Equal(3, HealthIngestionProcess.Run(place.Directory, ".", "--quiet", "--dry-run").ExitCode);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--to", "ndjson:-", "--quiet", "--user-id", "me");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("me", JsonDocument.Parse(outcome.Output).RootElement.GetProperty("user_id").GetString());
    }

    [Theory]
    [InlineData("activities", "duration_minutes", "duration")]
    [InlineData("activities", "heartRateAvg", "heart_rate_avg")]
    [InlineData("sleep", "total sleep", "total_sleep")]
    [InlineData("nutrition", "protien", "protein")]
    [InlineData("workouts", "max_memory", null)]
    [InlineData("activities", "durations", "duration")] // matthiaskoenig/pkdb, issue 109: the plural of a field
    [InlineData("activities", "distnace", "distance")] // YourBr0ther/pkhex-cli, issue 25: two letters swapped
    [InlineData("nutrition", "prottein", "protein")] // awslabs/stickler, issue 350: a letter doubled
    public void A_field_that_is_not_read_is_named_with_the_one_that_was_meant(string category, string field, string? meant)
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place[$"{category}.json"], $$"""[{"user_id":"u1","date":"2024-01-02","{{field}}":7},{"user_id":"u1","date":"2024-01-02"}]""");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--strict", "--dry-run");

        Assert.Equal(3, outcome.ExitCode);
        string sentence = $"{category}: {field} in 1 of 2 records is not a field that is read" + (meant is null ? "" : $"; did you mean {meant}?");
        Assert.Contains(sentence, outcome.ErrorLines);
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ".", "--strict", "--dry-run", "--allow-unknown", $"{category}.{field}").ExitCode);
    }

    [Fact]
    public void An_allowed_field_of_an_unknown_category_is_a_usage_error()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--dry-run", "--allow-unknown", "note,slep.note");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--allow-unknown slep.note: 'slep' is not a category; did you mean sleep.note?", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Implausible_values_are_counted_and_can_be_dropped_or_rejected()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["activities.json"], """[{"user_id":"u1","date":"2024-01-02","steps":-5,"distance":1}]""");

        Outcome kept = HealthIngestionProcess.Run(place.Directory, ".", "--to", "ndjson:-", "--strict");
        Assert.Equal(0, kept.ExitCode);
        Assert.Contains("activities: steps is implausible in 1 record, such as -5 in ./activities.json at byte 1", kept.Error, StringComparison.Ordinal);
        Assert.Contains("\"activity_steps\": -5.0", kept.Output, StringComparison.Ordinal);
        Assert.Contains("\"activity_steps\": null", HealthIngestionProcess.Run(place.Directory, ".", "--to", "ndjson:-", "--implausible", "drop").Output, StringComparison.Ordinal);
        Outcome rejected = HealthIngestionProcess.Run(place.Directory, ".", "--to", "ndjson:-", "--implausible", "reject");
        Assert.Equal(3, rejected.ExitCode);
        Assert.Contains("implausible 1", rejected.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_figures_for_machines_have_fields_and_rejected_files()
    {
        using Workplace place = Case("numstr");
        File.WriteAllText(place["sleep.json"], """[{"date":"2024-01-02"}]""");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", "--dry-run", "--quiet", "--stats-json", "-", "--allow-unknown", "fat");

        JsonElement stats = JsonDocument.Parse(outcome.Output).RootElement;
        JsonElement fat = stats.GetProperty("fields").EnumerateArray().Single(f => f.GetProperty("field").GetString() == "fat");
        Assert.Equal("unreadable", fat.GetProperty("kind").GetString());
        Assert.Equal("\"NaN\"", fat.GetProperty("example").GetString());
        Assert.Equal(121, fat.GetProperty("offset").GetInt64());
        Assert.True(fat.GetProperty("allowed").GetBoolean());
        Assert.Equal("no_user_id", Assert.Single(stats.GetProperty("rejected_files").EnumerateArray()).GetProperty("reason").GetString());
    }

    private static Workplace Case(string name)
    {
        Workplace place = Workplace.Empty();
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "tests", "data", "cases", name)))
        {
            File.Copy(file, place[Path.GetFileName(file)]);
        }

        return place;
    }
}
