using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary><c>--records</c> with files of columns: the records of a run without a database are those that an export from PostgreSQL has.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RecordFilesTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] Formats = ["parquet", "csv", "arrow"];

    private static readonly string[] Tables = ["activities", "heart_rate", "meals", "measurements", "samples", "sleep", "workouts"];

    /// <summary>The bundled samples, and the exports of phones, watches and clinics, in which records with an id and totals repeat.</summary>
    public static TheoryData<string> Sets =>
    [
        .. ((string[])["default", "compact", "quirks"]).Select(s => "health/" + s),
        .. ((string[])["apple-health", "fhir", "fitbit", "garmin", "google-fit", "health-auto-export", "open-mhealth"]).Select(s => "dialects/" + s),
    ];

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_files_of_a_run_are_those_that_an_export_from_PostgreSQL_writes(string set)
    {
        using Workplace place = Workplace.Empty();
        AssertSame(place, Arguments(Path.Combine(Repository.Root, "tests", "data", set)));
    }

    [Theory]
    [InlineData("apple")]
    [InlineData("fitbit")]
    [InlineData("garmin")]
    [InlineData("google-fit")]
    public void The_same_holds_for_generated_exports_in_several_files(string kind)
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, "generate", "one", "--kind", kind, "--users", "2", "--days", "20", "--seed", "3");
        Succeeds(place, "generate", "two", "--kind", kind, "--users", "2", "--days", "25", "--seed", "3");
        AssertSame(place, ["one", "two", "--user-from", "path:1"]);
        Assert.NotEqual("0", Readers.Query($"SELECT count(*) FROM '{place["straight/samples.parquet"]}'"));
    }

    [Fact]
    public void A_record_that_a_second_file_repeats_counts_once_and_one_that_a_file_has_twice_counts_twice()
    {
        using Workplace place = Workplace.Empty();
        string rate = """{"user_id":"u1","date_time":"2024-01-01T08:00:00","value":61}""", other = rate.Replace("61", "62", StringComparison.Ordinal);
        string weight = """{"user_id":"u1","date":"2024-01-01","weight":61.5,"a \"name\"":0.000015,"bmi":-22}""";
        File.WriteAllText(place["heart_rate.ndjson"], $"{rate}\n{rate}\n{other}\n");
        File.WriteAllText(place["heart_rate_2.ndjson"], $"{rate}\n{other}\n{rate.Replace(":61", ":61.0", StringComparison.Ordinal)}\n{rate.Replace("08:00:00", "08:00", StringComparison.Ordinal)}\n");
        File.WriteAllText(place["measurements.ndjson"], $"{weight}\n{weight}\n");
        AssertSame(place, ["heart_rate.ndjson", "heart_rate_2.ndjson", "measurements.ndjson"]);
        Assert.Equal("3", Readers.Query($"SELECT count(*) FROM '{place["straight/heart_rate.parquet"]}' WHERE value = 61"));
        Assert.Equal("1", Readers.Query($"SELECT count(*) FROM '{place["straight/heart_rate.parquet"]}' WHERE value = 62"));
        Assert.Equal("2", Readers.Query($"SELECT count(*) FROM '{place["straight/measurements.parquet"]}'"));
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_number_of_workers_and_a_second_run_replaces_the_files()
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, "generate", "made", "--users", "40", "--days", "300", "--seed", "5");
        Succeeds(place, "made", "--records", "--workers", "1", "--to", "parquet:one", "--to", "csv:one", "--to", "arrow:one");
        Succeeds(place, "made", "--records", "--workers", "3", "--chunk-size", "100000", "--memory-limit", "64MiB", "--to", "parquet:three", "--to", "csv:three", "--to", "arrow:three");
        string[] files = [.. Formats.SelectMany(f => Tables.Append("daily_summaries").Select(t => $"{t}.{f}")).Order(StringComparer.Ordinal)];
        Assert.Equal(files, Names(place["one"]));
        foreach (string file in files)
        {
            Assert.True(File.ReadAllBytes(place["one/" + file]).AsSpan().SequenceEqual(File.ReadAllBytes(place["three/" + file])), file);
            Assert.Equal(Private, File.GetUnixFileMode(place["one/" + file]));
        }

        // Rows are in several groups, and none is lost between them.
        Assert.NotEqual("1", Readers.Query($"SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{place["one/heart_rate.parquet"]}')"));
        Assert.Equal(
            Readers.Query($"SELECT sum(hr_count) FROM '{place["one/daily_summaries.parquet"]}'"),
            Readers.Query($"SELECT count(*) FROM '{place["one/heart_rate.parquet"]}'"));

        // A category without records has an empty file, so that no file of an earlier run is left among the new ones.
        File.WriteAllText(place["heart_rate.ndjson"], """{"user_id":"u1","date_time":"2024-01-01T08:00:00","value":61}""");
        Succeeds(place, "heart_rate.ndjson", "--records", "--to", "parquet:one");
        Assert.Equal("0", Readers.Query($"SELECT count(*) FROM '{place["one/meals.parquet"]}'"));
        Assert.Equal("1", Readers.Query($"SELECT count(*) FROM '{place["one/heart_rate.parquet"]}'"));
    }

    [Fact]
    public void A_run_that_is_killed_or_stopped_leaves_the_files_of_the_run_before()
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--records", "--to", "parquet:out");
        string[] before = Names(place["out"]);
        byte[] rates = File.ReadAllBytes(place["out/heart_rate.parquet"]);
        Succeeds(place, "generate", "made", "--users", "60", "--days", "330");
        foreach ((int signal, string folder) in (ReadOnlySpan<(int, string)>)[(HealthIngestionProcess.Sigkill, "new"), (HealthIngestionProcess.Sigkill, "out"), (HealthIngestionProcess.Sigterm, "out")])
        {
            Outcome outcome = HealthIngestionProcess.SignalWhen(
                place.Directory, p => HealthIngestionProcess.HasOpen(p, place[$"{folder}/samples.parquet.partial"]), [signal], "made", "--records", "--to", $"parquet:{folder}");
            Assert.Equal(128 + signal, outcome.ExitCode);
            Assert.Equal(folder == "new" ? [] : before, Names(place[folder]).Where(n => !n.EndsWith(".partial", StringComparison.Ordinal)));
        }

        Assert.Equal(rates, File.ReadAllBytes(place["out/heart_rate.parquet"]));
        Assert.Equal(before, Names(place["out"]));
        Succeeds(place, "data", "--records", "--to", "parquet:new");
        Assert.Equal(before, Names(place["new"]));
        Assert.Equal(rates, File.ReadAllBytes(place["new/heart_rate.parquet"]));
    }

    [Fact]
    public void A_single_file_takes_no_records_and_no_file_of_the_input_is_overwritten()
    {
        using Workplace place = Workplace.WithData();
        string forms = "use postgres://USER@HOST/DATABASE, parquet:DIR, arrow:DIR or csv:DIR";
        foreach (string target in (string[])["parquet:days.parquet", "csv:-", "ndjson:a.ndjson", "sqlite:a.db"])
        {
            Assert.Contains($"--records: no --to names a target that stores records; {forms}", Fails(place, 2, "data", "--records", "--to", target), StringComparison.Ordinal);
        }

        File.WriteAllText(place["data/sleep.csv"], "user_id,date,total_sleep\nu1,2024-01-01,8\n");
        Assert.Contains("data/sleep.csv, which is read as input", Fails(place, 2, "data/sleep.csv", "--records", "--to", "csv:data"), StringComparison.Ordinal);
        Assert.Contains("--to and --rejects both write to", Fails(place, 2, "data", "--records", "--to", "csv:out", "--rejects", "out/meals.csv"), StringComparison.Ordinal);
        Assert.Contains("one --to, postgres://USER@HOST/DATABASE", Fails(place, 2, "data", "--records", "--on-fewer", "union", "--to", "parquet:out", "--to", "sqlite:a.db"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(place["out"]));

        // Beside a target that stores the records, a file gets the summaries alone.
        Succeeds(place, "data/heart_rate.ndjson", "--records", "--to", "parquet:out", "--to", "csv:days.csv");
        Assert.Equal(8, Names(place["out"]).Length);
        Assert.Equal(["days.csv"], place.Files());
    }

    [Fact]
    public void The_report_has_the_rows_of_each_file_and_says_what_was_removed()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["sleep.json"], """[{"user_id":"u\u00001","date":"2024-01-01","total_sleep":8,"sleep_quality":"good"}]""");
        string report = Succeeds(place, "sleep.json", "--records", "--to", "parquet:out", "--stats-json", "-").Output;
        Assert.Matches("""\{\s*"table": "sleep",\s*"rows": 1,""", report);
        Assert.Equal("u1 good", Readers.Query($"SELECT user_id, sleep_quality FROM '{place["out/sleep.parquet"]}'"));
        Assert.Contains("removed: 1 character U+0000, which parquet:out cannot store", Succeeds(place, "sleep.json", "--records", "--to", "parquet:out").Error, StringComparison.Ordinal);
    }

    /// <summary>Runs with PostgreSQL and with files alone, and compares the files with those of an export, byte for byte and by DuckDB.</summary>
    private static void AssertSame(Workplace place, string[] input)
    {
        string schema = $"x{Guid.NewGuid():N}";
        PostgresServer postgres = PostgresServer.Shared;
        Succeeds(place, [.. input, "--records", "--to", postgres.Url, "--schema", schema]);
        Succeeds(place, [.. input, "--records", .. Formats.SelectMany(f => (string[])["--to", f + ":straight"])]);
        foreach (string format in Formats)
        {
            Succeeds(place, "export", "--from", postgres.Url, "--schema", schema, "--what", "records", "--format", format, "--out", "exported");
        }

        foreach (string table in Tables)
        {
            string stored = postgres.Query($"SELECT count(*) FROM {schema}.\"{table}\"")[0];
            foreach (string format in Formats)
            {
                string straight = place[$"straight/{table}.{format}"], exported = place[$"exported/{table}.{format}"];
                if (format != "arrow")
                {
                    string a = $"FROM read_{format}('{straight}')", b = $"FROM read_{format}('{exported}')";
                    Assert.Equal($"{stored} 0 0", Readers.Query($"SELECT (SELECT count(*) {a}), (SELECT count(*) FROM (SELECT * {a} EXCEPT ALL SELECT * {b})), (SELECT count(*) FROM (SELECT * {b} EXCEPT ALL SELECT * {a}))"));
                }

                Assert.True(File.ReadAllBytes(straight).AsSpan().SequenceEqual(File.ReadAllBytes(exported)), straight);
            }
        }

        Assert.NotEqual(0, Tables.Sum(t => int.Parse(postgres.Query($"SELECT count(*) FROM {schema}.\"{t}\"")[0], System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static string[] Arguments(string folder) => File.Exists(Path.Combine(folder, "args.txt"))
        ?
        [
            .. Directory.EnumerateFileSystemEntries(folder).Where(f => Path.GetFileName(f) is not ("args.txt" or "expected.ndjson" or "README.md")).Order(StringComparer.Ordinal),
            .. File.ReadAllLines(Path.Combine(folder, "args.txt")).Where(l => l.Length > 0),
        ]
        : [folder];

    private static string[] Names(string folder) => [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static Outcome Succeeds(Workplace place, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    private static string Fails(Workplace place, int code, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.True(outcome.ExitCode == code, outcome.Error);
        return outcome.Error;
    }
}
