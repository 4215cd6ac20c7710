using FastIngest.Dialects.Fhir;
using FastIngest.Dialects.HealthAutoExport;
using FastIngest.Dialects.OpenMHealth;
using FastIngest.Health;
using FastIngest.Pipeline;
using FastIngest.Pipeline.HealthData;
using FastIngest.Tests.Support;
using Run = FastIngest.Tests.Support.Run;

namespace FastIngest.Tests.Dialects;

/// <summary>FHIR resources: the golden set, the recognition of files, codes, and damaged input.</summary>
public sealed class FhirTests() : ExportSetTests("fhir")
{
    [Fact]
    public void The_golden_set_gives_its_expected_rows_however_it_is_read()
    {
        RunResult run = Set.HoldsExpectedRows();
        Assert.Equal(["withdrawn", "no_date", "no_value"], run.Rejects.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split("\"reason\": \"")[1].Split('"')[0]));

        // Repeated: a heart rate in the same file, and one in the Bundle.
        CategoryReport samples = Samples(run);
        Assert.Equal((2, 6), (samples.Repeated, samples.PassedOver));
        Assert.Equal(
            ["CRP with a comparator", "Condition", "Encounter", "Observation of a Location", "Position", "Tobacco smoking status"],
            run.Report.PassedOver.Select(p => System.Text.Encoding.UTF8.GetString(p.Name)));
    }

    [Theory]
    [InlineData("""{"resourceType":"Observation"}""", true)]
    [InlineData("""{"id":"x","meta":{"profile":["a"]},"resourceType":"Patient"}""", true)]
    [InlineData("""[ {"resourceType":"Observation"} ]""", true)]
    [InlineData("""{"type":"collection","entry":[{"resource":{"resourceType":"Observation","id":"cut""", true)]
    [InlineData("""{"resourceType":17}""", false)]
    [InlineData("""{"code":{"resourceType":"Observation"}}""", false)]
    [InlineData("""{"user_id":"u"}""", false)]
    [InlineData("[]", false)]
    [InlineData("", false)]
    public void A_file_is_recognised_by_the_type_of_its_resource(string content, bool isRecognised) =>
        Assert.Equal(isRecognised, new FhirDialect().Recognises(content.Bytes(), "any.json"));

    [Theory]
    [InlineData("Patient/123", "123", "Patient")]
    [InlineData("https://example.org/fhir/Patient/123/_history/4", "123", "Patient")]
    [InlineData("urn:uuid:0001-ab", "0001-ab", "")]
    [InlineData("#p1", "p1", "")]
    [InlineData("123", "123", "")]
    [InlineData("/123", "123", "")]
    [InlineData("", "", "")]
    public void A_reference_names_a_type_and_an_id(string reference, string id, string type)
    {
        Assert.Equal(id, System.Text.Encoding.UTF8.GetString(FhirReference.IdOf(reference.Bytes())));
        Assert.Equal(type, System.Text.Encoding.UTF8.GetString(FhirReference.TypeOf(reference.Bytes())));
    }

    [Theory]
    [InlineData("""{"value":72,"unit":"beats/minute","code":"{beats}/min"}""", "\"heart_rate\": {\"count\": 1, \"min\": 72.0")]
    [InlineData("""{"value":72,"unit":"bpm"}""", "\"heart_rate\": {\"count\": 1, \"min\": 72.0")]
    [InlineData("""{"value":72,"unit":"BPM"}""", "\"heart_rate\": {\"count\": 1, \"min\": 72.0")]
    [InlineData("""{"value":72,"unit":"beats per minute"}""", "\"heart_rate\": {\"count\": 1, \"min\": 72.0")]
    [InlineData("""{"value":1.2,"code":"/s"}""", "\"heart_rate\": {\"count\": 1, \"min\": 72.0")]
    [InlineData("""{"value":72,"code":"kg"}""", "\"heart_rate [kg]\": {\"count\": 1, \"min\": 72.0")]
    [InlineData("""{"value":72}""", "\"heart_rate [no unit]\": {\"count\": 1, \"min\": 72.0")]
    public void A_unit_is_converted_or_becomes_a_part_of_the_name(string quantity, string expected) =>
        Assert.Contains(expected, Read(HeartRate(quantity)).Rows, StringComparison.Ordinal);

    [Fact]
    public void An_observation_without_a_subject_belongs_to_the_chosen_user_and_others_do_not()
    {
        string[] lines = [HeartRate("""{"value":72,"code":"/min"}"""), HeartRate("""{"value":73,"code":"/min"}""").Replace("\"status\"", "\"subject\":{\"reference\":\"Patient/p\"},\"status\"", StringComparison.Ordinal)];
        string rows = Read($"{lines[0]}\n{lines[1]}\n{lines[0]}").Rows;
        Assert.Contains("\"user_id\": \"chosen\", \"date\": \"2024-01-01\"", rows, StringComparison.Ordinal);
        Assert.Contains("\"heart_rate\": {\"count\": 2,", rows, StringComparison.Ordinal);
        Assert.Contains("\"user_id\": \"p\"", rows, StringComparison.Ordinal);
    }

    /// <summary>Each clinic and each program has its own id of a person, so that the folder decides if the run says so.</summary>
    [Theory]
    [InlineData("ada/clinic/o.json", 1, "ada")]
    [InlineData("ada/clinic/o.json", 0, "p")]
    [InlineData("apple_health_export/clinical-records/Observation-1.json", 0, "chosen")]
    [InlineData("apple_health_export/clinical-records/Observation-1.json", 1, "apple_health_export")]
    public void A_folder_for_one_person_makes_that_person_the_user(string path, int folder, string user)
    {
        using TemporaryFolder files = new();
        string file = files.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string observation = HeartRate("""{"value":72,"code":"/min"}""").Replace("\"status\"", "\"subject\":{\"reference\":\"Patient/p\"},\"status\"", StringComparison.Ordinal);
        string other = observation.Replace("/min", "{breath}/min", StringComparison.Ordinal).Replace("\"code\":{", "\"note\":[],\"code\":{", StringComparison.Ordinal);
        File.WriteAllText(file, $$"""{{observation}}{"resourceType":"Patient","id":"p","name":[{"text":"Ada"}]}{{other}}""");
        RunResult run = Run.Ingest(new IngestOptions { Paths = [files.Path], Workers = 1, UserId = "chosen", UserFolder = folder });
        Assert.Equal([user], run.Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split("\"user_id\": \"")[1].Split('"')[0]).Distinct());
        Assert.Equal(3, run.Report.Aggregated);
    }

    [Theory]
    [InlineData(0, "u1 u2")]
    [InlineData(1, "ada")]
    public void A_folder_for_one_person_is_the_user_of_data_points_too(int folder, string users)
    {
        using TemporaryFolder files = new();
        Directory.CreateDirectory(files.File("ada"));
        File.WriteAllText(files.File("ada/points.ndjson"), """
            {"header":{"id":"1","schema_id":{"namespace":"omh","name":"body-weight","version":"2.0"},"user_id":"u1"},"body":{"body_weight":{"value":70,"unit":"kg"},"effective_time_frame":{"date_time":"2024-05-01T07:25:00+02:00"}}}
            {"header":{"id":"2","schema_id":{"namespace":"omh","name":"sleep-duration","version":"1.0"},"user_id":"u2"},"body":{"sleep_duration":{"value":415,"unit":"min"},"effective_time_frame":{"date_time":"2024-05-02T07:25:00+02:00"}}}
            """);
        RunResult run = Run.Ingest(new IngestOptions { Paths = [files.Path], Workers = 1, UserFolder = folder });
        Assert.Equal(users.Split(' '), run.Rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split("\"user_id\": \"")[1].Split('"')[0]).Distinct());
    }

    [Fact]
    public void Bundles_one_after_another_and_in_each_other_are_read()
    {
        string bundle = $$"""{"resourceType":"Bundle","entry":[{"resource":{{HeartRate("""{"value":72,"code":"/min"}""")}}}],"total":1}""";
        string inner = $$"""{"entry":[{"resource":{{bundle}}},7,{}],"resourceType":"Bundle"}""";
        RunResult run = Read($"{bundle}\n{bundle}\n{inner}\n{HeartRate("""{"value":73,"code":"/min"}""")}");
        Assert.Contains("\"heart_rate\": {\"count\": 4,", run.Rows, StringComparison.Ordinal);
        Assert.Equal((1, 1), (Samples(run).PassedOver, Samples(run).Rejected));
    }

    [Fact]
    public void A_bundle_that_is_cut_anywhere_is_named_and_its_whole_entries_are_read()
    {
        string entry = $$"""{"resource":{{HeartRate("""{"value":72,"code":"/min"}""")}}}""";
        string file = $$"""{"resourceType":"Bundle","entry":[{{entry}},{{entry}}],"total":2}""";
        for (int length = file.IndexOf(',', file.IndexOf(entry, StringComparison.Ordinal) + entry.Length); length < file.Length; length++)
        {
            RunResult run = Read(file[..length]);
            Assert.Single(run.Report.CutOff);
            Assert.Contains("\"heart_rate\": {\"count\": ", run.Rows, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_entry_of_a_bundle_costs_no_other_entry()
    {
        string entry = $$"""{"resource":{{HeartRate("""{"value":72,"code":"/min"}""")}}}""";
        for (int at = 1; at < entry.Length - 1; at++)
        {
            RunResult run = Read($$"""{"resourceType":"Bundle","entry":[{{entry[..at]}}{{entry[(at + 1)..]}},{{entry}},{{entry}}],"total":3}""");
            int count = int.Parse(run.Rows.Split("\"heart_rate\": {\"count\": ")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(count is 2 or 3 && run.Report.Unread.Count == 0, $"without the character at {at}: {run.Rows}{run.Rejects}");
        }
    }

    [Fact]
    public void Random_damage_of_FHIR_and_Open_mHealth_never_fails_and_does_not_depend_on_the_chunks()
    {
        byte[][] files = [.. Set.Files.Concat(new ExportSet("open-mhealth").Files).Select(File.ReadAllBytes)];
        Fuzz.Run(seed: 71, rounds: 60, random =>
        {
            byte[] damaged = random.Any(files);
            for (int i = 0; i < 3; i++)
            {
                int at = random.Next(damaged.Length - 40);
                damaged = [.. damaged[..at], .. Mutations.Mutate(random, damaged[at..(at + 40)]), .. damaged[(at + 40)..]];
            }

            bool isFhir = new FhirDialect().Recognises(damaged, "x");
            RunResult whole = Read(damaged, 0, isFhir), pieces = Read(damaged, random.Next(1, 400), isFhir);
            Same.Text(whole.Rows, pieces.Rows, "rows");
            Same.Text(whole.Rejects, pieces.Rejects, "rejects");
            Assert.All(whole.Report.Categories, c => Assert.Equal(c.Records, c.Aggregated + c.PassedOver + c.Repeated + c.Rejected));
        });
    }

    [Fact]
    public void Health_Auto_Export_and_Open_mHealth_do_not_recognise_each_other_s_files_or_FHIR()
    {
        foreach (string file in Set.Files)
        {
            Assert.False(new OpenMHealthDialect().Recognises(File.ReadAllBytes(file), file) || new HealthAutoExportDialect().Recognises(File.ReadAllBytes(file), file));
        }

        foreach (string file in new ExportSet("open-mhealth").Files)
        {
            Assert.False(new FhirDialect().Recognises(File.ReadAllBytes(file), file) || new HealthAutoExportDialect().Recognises(File.ReadAllBytes(file), file));
        }
    }

    private static string HeartRate(string quantity) =>
        $$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"effectiveDateTime":"2024-01-01T08:00:00+01:00","valueQuantity":{{quantity}}}""";

    private static CategoryReport Samples(RunResult run) => run.Report.Categories.Single(c => c.Category == Category.Samples);

    private RunResult Read(string content) => Read(content.Bytes(), 0, isFhir: true);

    private RunResult Read(byte[] content, int chunkBytes, bool isFhir) => Run.Ingest(new IngestOptions
    {
        Paths = [Folder.Write("export.json", content)],
        From = isFhir ? new FhirDialect() : new OpenMHealthDialect(),
        UserId = "chosen",
        Workers = 2,
        ChunkBytes = chunkBytes,
    });
}
