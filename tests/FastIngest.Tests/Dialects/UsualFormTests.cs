using FastIngest.Dialects.Contract;
using FastIngest.Dialects.Fhir;
using FastIngest.Dialects.OpenMHealth;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>
/// Records of the usual form are read from the fields of their shape, all others member by member. The first record of a shape is always read
/// member by member: so records that differ only in their id and their day must give equal days.
/// </summary>
public sealed class UsualFormTests : IDisposable
{
    private const int Days = 6;

    private readonly TemporaryFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":72,"code":"/min"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4","display":"Heart rate"}],"text":"pulse"},"valueQuantity":{"value":1.25,"unit":"Hz"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"29463-7"}]},"valueQuantity":{"value":"150.5","unit":"lb","code":"[lb_av]"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"29463-7"}]},"valueQuantity":{"value":70,"unit":"stones"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":72,"code":"/min","comparator":"<"}}""", 0)]
    [InlineData("""{OBS,"code":{"coding":[{"system":"http://snomed.info/sct","code":"364075005"},{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":72,"code":"/min"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"},{LOINC,"code":"29463-7"}]},"valueQuantity":{"value":72,"code":"/min"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC},{"code":"8867-4"}]},"valueQuantity":{"value":72,"code":"/min"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{"code":"8867-4"}]},"valueQuantity":{"value":72,"code":"/min"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":71,"code":"/min"},"valueQuantity":{"value":72}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":"many","code":"/min"}}""", 0)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":null,"code":"/min"}}""", 0)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":[{"value":72,"code":"/min"}]}""", 0)]
    [InlineData("""{OBS,"code":[{"coding":[{LOINC,"code":"8867-4"}]}],"valueQuantity":{"value":72,"code":"/min"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":{LOINC,"code":"8867-4"}},"valueQuantity":{"value":72,"code":"/min"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueInteger":72}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":72,"code":"/min"},"device":{"display":"Watch"}}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"85354-9"}]},"component":[{"code":{"coding":[{LOINC,"code":"8480-6"}]},"valueQuantity":{"value":120,"code":"mm[Hg]"}}]}""", 1)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":72,"code":"/min"},"component":[]}""", 1)]
    [InlineData("""{OBS,"status":"entered-in-error","code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":72,"code":"/min"}}""", 0)]
    [InlineData("""{OBS,"subject":{"reference":"Location/1"},"code":{"coding":[{LOINC,"code":"8867-4"}]},"valueQuantity":{"value":72,"code":"/min"}}""", 0)]
    [InlineData("""{OBS,"code":{"coding":[{LOINC,"code":"4548-4"}],"text":"Hemoglobin A1c"},"valueQuantity":{"value":5.5,"code":"%"}}""", 1)]
    public void An_Observation_gives_the_same_day_whichever_way_it_is_read(string resource, int samples)
    {
        resource = resource
            .Replace("OBS", """ "resourceType":"Observation","id":"ID","status":"final","subject":{"reference":"Patient/p"},"effectiveDateTime":"DAYT08:00:00+01:00" """, StringComparison.Ordinal)
            .Replace("LOINC", "\"system\":\"http://loinc.org\"", StringComparison.Ordinal);
        SameEveryDay(new FhirDialect(), resource, samples);
        SameEveryDay(new FhirDialect(), $$"""{"fullUrl":"urn:uuid:ID","resource":{{resource}}}""", samples, "{\"resourceType\":\"Bundle\",\"entry\":[", "]}");
        SameEveryDay(new FhirDialect(), resource.Replace("\"id\":\"ID\",", "", StringComparison.Ordinal), samples);
    }

    [Theory]
    [InlineData("heart-rate", """{"heart_rate":{"value":61,"unit":"beats/min"},TIME}""", 1)]
    [InlineData("heart_rate", """{"heart_rate":{"unit":"beats/min","value":61.5},TIME,"descriptive_statistic":"average"}""", 1)]
    [InlineData("heart_rate", """{"heart_rate":{"value":61,"unit":"beats/min"},TIME,"descriptive_statistic":"maximum"}""", 0)]
    [InlineData("heart_rate", """{"heart_rate":{"value":61,"unit":"kg"},TIME}""", 1)]
    [InlineData("heart_rate", """{"heart_rate":{"value":"x","unit":"beats/min"},TIME}""", 0)]
    [InlineData("heart_rate", """{"heart_rate":{"value":60,"unit":"beats/min"},"heart_rate":{"value":61},TIME}""", 1)]
    [InlineData("heart_rate", """{"heart_rate":[{"value":60,"unit":"beats/min"}],TIME}""", 0)]
    [InlineData("heart_rate", """{"heart_rate":{"value":60,"unit":"beats/min"},"effective_time_frame":[{"date_time":"DAYT08:00:00+01:00"}]}""", 0)]
    [InlineData("step_count", """{"step_count":1,"effective_time_frame":{"time_interval":[{"start_date_time":"DAYT08:00:00+01:00","end_date_time":"DAYT09:00:00+01:00"}]}}""", 0)]
    [InlineData("step-count", """{"step_count":100,SPAN}""", 1)]
    [InlineData("step_count", """{"step_count":{"value":100,"unit":"steps"},SPAN}""", 1)]
    [InlineData("step_count", """{"heart_rate":{"value":61,"unit":"beats/min"},TIME}""", 0)]
    [InlineData("calories_burned", """{"kcal_burned":{"value":100,"unit":"kcal"},"activity_name":"run",SPAN}""", 1)]
    [InlineData("blood_pressure", """{"systolic_blood_pressure":{"value":120,"unit":"mmHg"},TIME}""", 1)]
    [InlineData("body_weight", """{"body_weight":{"value":150,"unit":"lb"},"effective_time_frame":{"time_interval":{"start_date_time":"DAYT08:00:00Z"}}}""", 1)]
    public void A_data_point_gives_the_same_day_whichever_way_it_is_read(string schema, string body, int samples)
    {
        body = body
            .Replace("TIME", """ "effective_time_frame":{"date_time":"DAYT08:00:00+01:00"} """, StringComparison.Ordinal)
            .Replace("SPAN", """ "effective_time_frame":{"time_interval":{"start_date_time":"DAYT08:00:00+01:00","end_date_time":"DAYT09:00:00+01:00"}} """, StringComparison.Ordinal);
        string header = $$$"""{"id":"ID","user_id":"p","schema_id":{"name":"{{{schema}}}"},"acquisition_provenance":{"source_name":"Watch"}}""";
        SameEveryDay(new OpenMHealthDialect(), $$"""{"header":{{header}},"body":{{body}}}""", samples);
        SameEveryDay(new OpenMHealthDialect(), $$"""{"header":{{header[..^1]}},"source_name":"Phone"},"body":{{body}}}""", samples);
        SameEveryDay(new OpenMHealthDialect(), $$"""{"header":[{{header}}],"body":{{body}}}""", 0);
        SameEveryDay(new OpenMHealthDialect(), $$"""{"header":{{header.Replace("\"id\"", "\"uuid\"", StringComparison.Ordinal)}},"body":{{body}}}""", samples);
    }

    [Fact]
    public void Fields_that_are_not_read_are_counted_wherever_they_stand()
    {
        const string observation = """
            {"resourceType":"Observation","id":"ID","status":"final","meta":{"tag":1},"code":{"coding":[{"system":"http://loinc.org","code":"8867-4","version":"2"}],"text":"pulse"},
            "subject":{"reference":"Patient/p","display":"P"},"effectiveDateTime":"DAYT08:00:00Z","valueQuantity":{"value":72,"code":"/min","extension":[{"url":"u","value":1},{"url":"v"}]}}
            """;
        const string point = """
            {"header":{"id":"ID","user_id":"p","creation_date_time":"DAYT08:00:00Z","schema_id":{"namespace":"omh","name":"heart-rate","version":"1.0"},"acquisition_provenance":{"source_name":"W","modality":"sensed"}},
            "body":{"heart_rate":{"value":61,"unit":"beats/min"},"effective_time_frame":{"date_time":"DAYT08:00:00Z"},"temporal_relationship_to_sleep":null,"user_notes":"good"},"extra":[]}
            """;
        Assert.Equal([("display", 6), ("extension", 6), ("meta", 6), ("version", 6)], Unknown(new FhirDialect(), observation, "{\"resourceType\":\"Encounter\",\"class\":{}}"));
        Assert.Equal([("extra", 6), ("modality", 6), ("user_notes", 6)], Unknown(new OpenMHealthDialect(), point, "{\"header\":{\"schema_id\":{\"name\":\"geoposition\"}},\"body\":{\"latitude\":1}}"));
    }

    [Theory]
    [InlineData("""{"start_date_time":"DAYT08:00:00Z","end_date_time":"never"}""", 6)]
    [InlineData("""{"start_date_time":"DAYT08:00:00Z","end_date_time":"DAYT09:00:00Z"}""", 12)]
    public void Stamps_in_UTC_are_counted_once_whichever_way_a_data_point_is_read(string interval, long stamps)
    {
        string point = """{"header":{"id":"ID","user_id":"p","schema_id":{"name":"step-count"}},"body":{"step_count":100,"effective_time_frame":{"time_interval":SPAN}}}"""
            .Replace("SPAN", interval, StringComparison.Ordinal);
        Assert.StartsWith($"{stamps} stamps are in UTC", Assert.Single(ReadDays(new OpenMHealthDialect(), point, "", "\n", "").Report.Warnings, w => w.Contains("UTC", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_profiles_of_two_files_are_repeats_whatever_was_read_before_them()
    {
        const string patient = """{"resourceType":"Patient","id":"p","gender":"female"}""";
        const string observation = """
            {"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2024-01-01T08:00:00+01:00","valueQuantity":{"value":72,"code":"/min"}}
            """;
        IngestReport report = Run.Ingest(new IngestOptions
        {
            Paths = [_folder.Write("one.ndjson", patient.Bytes()), _folder.Write("two.ndjson", $"{observation.Trim()}\n{patient}\n".Bytes())],
            From = new FhirDialect(),
            Workers = 1,
        }).Report;
        Assert.Equal((2, 1), (report.Categories.Sum(c => c.Category == Category.Users ? c.Records : 0), report.Repeated));
    }

    private IEnumerable<(string, long)> Unknown(Dialect dialect, string record, string passedOver) =>
        ReadDays(dialect, record, passedOver + "\n", "\n", "").Report.Fields.Where(f => f.Kind == FindingKind.Unknown).Select(f => (f.Field!, f.Records)).Order();

    /// <summary>Reads a record once a day: each day has a number of samples, and all days are equal, or all records have the same fate.</summary>
    private void SameEveryDay(Dialect dialect, string record, int samples, string before = "", string after = "")
    {
        RunResult run = ReadDays(dialect, record, before, before.Length > 0 ? "," : "\n", after);
        string[] rows = run.Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Days * samples, rows.Length);
        Assert.Equal(Math.Min(samples, 1), rows.Select((row, i) => row.Replace(Day(i), "DAY", StringComparison.Ordinal)).Distinct().Count());
        Assert.Equal(Days * (1 - samples), run.Report.Categories.Sum(c => c.Rejected + c.PassedOver));
    }

    private RunResult ReadDays(Dialect dialect, string record, string before, string between, string after)
    {
        IEnumerable<string> records = Enumerable.Range(0, Days).Select(i => record.Replace("DAY", Day(i), StringComparison.Ordinal).Replace("ID", $"id{i}", StringComparison.Ordinal));
        return Run.Ingest(new IngestOptions
        {
            Paths = [_folder.Write("export.json", (before + string.Join(between, records) + after).Bytes())],
            From = dialect,
            Workers = 1,
        });
    }

    private static string Day(int index) => $"2024-01-0{index + 1}";
}
