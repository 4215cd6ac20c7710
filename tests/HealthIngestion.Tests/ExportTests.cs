using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Health;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>CSV, Parquet and Arrow, from a database and from a run, judged by programs of others that read them.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ExportTests
{
    /// <summary>Each format with the programs that read it.</summary>
    public static TheoryData<string, string> Peers => new() { { "parquet", "duckdb" }, { "parquet", "hyparquet" }, { "arrow", "arrow" }, { "csv", "duckdb" }, { "csv", "pandas" } };

    [Theory]
    [MemberData(nameof(Peers))]
    public void A_reader_finds_what_the_database_holds(string format, string reader)
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, Repository.Set("default"), "--to", "sqlite:health.db");
        Assert.Equal($"wrote days.{format}: 48 rows\n", Succeeds(place, "export", "--format", format, "--out", $"days.{format}").Error);

        AssertSame(place, format, Readers.Rows(reader, place[$"days.{format}"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place[$"days.{format}"]));
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public void Hostile_texts_arrive_as_they_are(string format, string reader)
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:health.db");
        string[] texts = ["\"", "a,b;c\td", "line\nline\r\nline\r", "'; DROP TABLE x; --", "=1+1", "mark\uFEFF", "🩺 é \u0001", "", " ", new('x', 1 << 20), "null", "\\N"];
        using (Database database = Database.Open(place["health.db"]))
        {
            database.Query("DELETE FROM daily_summaries WHERE user_id = 'u2'");
            for (int i = 0; i < texts.Length; i++)
            {
                string text = $"CAST(x'{Convert.ToHexString(Encoding.UTF8.GetBytes(texts[i]))}' AS TEXT)";
                database.Query(
                    "INSERT INTO daily_summaries (user_id, date, activity_count, workout_count, meal_count, sleep_count, sleep_quality, hr_count, summary, summary_parts) "
                    + $"VALUES ('w{i:00}' || {text}, '2024-02-29', 0, 0, 0, 1, {text}, 0, {text}, '')");
            }
        }

        Succeeds(place, "export", "--format", format, "--out", "out");
        AssertSame(place, format, Readers.Rows(reader, place[$"out/daily_summaries.{format}"]));
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public void What_is_no_Unicode_becomes_the_replacement_character(string format, string reader)
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:health.db");
        using (Database database = Database.Open(place["health.db"]))
        {
            database.Query("DELETE FROM daily_summaries WHERE user_id = 'u2' OR date <> '2024-01-01'");
            database.Query("UPDATE daily_summaries SET summary = 'a' || CAST(x'EDA080' AS TEXT) || 'b' || CAST(x'FF' AS TEXT), sleep_quality = 'nul' || char(0) || 'nul'");
        }

        Succeeds(place, "export", "--format", format, "--out", "out");
        JsonElement[] row = Assert.Single(Readers.Rows(reader, place[$"out/daily_summaries.{format}"]));
        Assert.Equal("a\uFFFD\uFFFD\uFFFDb\uFFFD", row[Index("summary")].GetString());
        Assert.Equal(format == "csv" ? "nul\uFFFDnul" : "nul\0nul", row[Index("sleep_quality")].GetString());
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public void An_export_without_rows_is_a_whole_file(string format, string reader)
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:health.db");
        Assert.EndsWith(": 0 rows\n", Succeeds(place, "export", "--format", format, "--since", "2030-01-01", "--out", "out").Error, StringComparison.Ordinal);
        Assert.Empty(Readers.Rows(reader, place[$"out/daily_summaries.{format}"]));
        Assert.EndsWith(": 1 row\n", Succeeds(place, "export", "--format", format, "--user", "u1", "--since", "2024-01-02", "--until", "2024-01-02", "--out", "out").Error, StringComparison.Ordinal);
        Assert.Equal("2024-01-02", Assert.Single(Readers.Rows(reader, place[$"out/daily_summaries.{format}"]))[1].GetString());
    }

    [Fact]
    public void A_user_who_is_not_there_is_an_error_that_names_those_who_are()
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:health.db");
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "export", "--format", "csv", "--user", "u1", "--user", "nobody", "--out", "out");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("error: sqlite:health.db has no user nobody. It has u1, u2.\n", outcome.Error);
        Assert.False(Directory.Exists(place["out"]));
    }

    [Fact]
    public void Several_groups_have_the_sums_of_the_database_and_the_same_bytes_from_any_run()
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, "generate", "made", "--users", "60", "--days", "330", "--seed", "5");
        string[] names = ["daily_summaries.parquet", "daily_summaries.arrow", "daily_summaries.csv"];
        Succeeds(place, ["made", "--workers", "1", "--to", "sqlite:health.db", "--to", "parquet:one", "--to", "arrow:one", "--to", "csv:one"]);
        Succeeds(place, ["made", "--workers", "3", "--chunk-size", "100000", "--memory-limit", "64MiB", "--to", "parquet:three", "--to", "arrow:three", "--to", "csv:three"]);
        foreach (string name in names)
        {
            Succeeds(place, "export", "--format", name.Split('.')[1], "--out", name);
            byte[] bytes = File.ReadAllBytes(place[name]);
            Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(place["one/" + name])), name);
            Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(place["three/" + name])), name);
        }

        const string sums = "count(*), count(DISTINCT user_id), round(sum(activity_km), 6), sum(hr_count), round(sum(hr_mean), 6), count(sleep_quality), sum(length(summary)), count(metrics), min(date), max(date)";
        using Database database = Database.Open(place["health.db"]);
        string expected = string.Join(' ', database.Query($"SELECT {sums} FROM daily_summaries")[0].Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)));
        Assert.Equal(expected, Readers.Query($"SELECT {sums} FROM read_parquet('{place[names[0]]}')"));
        Assert.Equal(expected, Readers.Query($"SELECT {sums} FROM read_csv('{place[names[2]]}')"));
        Assert.NotEqual("1", Readers.Query($"SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{place[names[0]]}')"));
        AssertSame(place, "arrow", Readers.Rows("arrow", place[names[1]]));
        AssertSame(place, "parquet", Readers.Rows("hyparquet", place[names[0]]));

        // Users and days are found by the ranges of the groups, and texts by dictionaries.
        Assert.Equal(
            expected.Split(' ')[0] + " true",
            Readers.Query($"SELECT sum(num_values)::VARCHAR, bool_and(stats_min_value <= stats_max_value AND dictionary_page_offset IS NOT NULL) FROM parquet_metadata('{place[names[0]]}') WHERE path_in_schema = 'user_id'"));
    }

    [Fact]
    public void Records_of_PostgreSQL_arrive_by_category()
    {
        using Workplace place = Workplace.Empty();
        string schema = $"x{Guid.NewGuid():N}";
        PostgresServer postgres = PostgresServer.Shared;
        Succeeds(place, "generate", "apple", "--kind", "apple", "--users", "1", "--days", "20", "--seed", "3");
        Succeeds(place, Repository.Set("default"), "--records", "--to", postgres.Url, "--schema", schema);
        Succeeds(place, "apple", "--records", "--to", postgres.Url, "--schema", schema);
        (string Table, string Values)[] tables =
        [
            ("activities", "count(*), sum(distance), count(weather), min(date)"),
            ("workouts", "count(*), sum(sets), count(workout_type), max(date)"),
            ("meals", "count(*), sum(calories), count(DISTINCT meal_type), max(date)"),
            ("sleep", "count(*), sum(total_sleep), count(DISTINCT user_id), max(date)"),
            ("heart_rate", "count(*), sum(value), min(ts), max(ts)"),
            ("measurements", "count(*), sum(length(fields::text)), min(date), max(date)"),
            ("samples", "count(*), count(DISTINCT metric), min(start), max(\"end\")"),
        ];
        foreach (string format in (string[])["parquet", "csv"])
        {
            Succeeds(place, "export", "--from", postgres.Url, "--schema", schema, "--what", "records", "--format", format, "--out", format);
            Assert.Equal(tables.Length, Directory.GetFiles(place[format]).Length);
            foreach ((string table, string values) in tables)
            {
                string[] columns = values.Split(", ").Select(v => $"({v})::text").ToArray();
                string stored = postgres.Query($"SELECT {string.Join(", ", columns)} FROM {schema}.\"{table}\"")[0];
                Assert.NotEqual("0", stored.Split(' ')[0]);
                string exported = Readers.Query($"SELECT {string.Join(", ", columns.Select(c => Regex.Replace(c, @"\(sum\((\w+)\)\)::text", "round(sum($1), 3)::double::text").Replace("::text", "::varchar", StringComparison.Ordinal)))} FROM read_{format}('{place[$"{format}/{table}.{format}"]}')");
                Assert.Equal(Numbers(stored), Numbers(exported));
            }
        }

        Assert.Equal(1, HealthIngestionProcess.Run(place.Directory, "export", "--from", postgres.Url, "--schema", schema, "--what", "records", "--format", "csv", "--out", "one.csv").ExitCode);
        Succeeds(place, "export", "--from", postgres.Url, "--schema", schema, "--what", "samples", "--format", "arrow", "--out", "samples.arrow", "--since", "2000-01-01", "--until", "2000-01-01");
        Assert.Empty(Readers.Rows("arrow", place["samples.arrow"]));

        // Both databases write numbers, but not with the same digits.
        static string[] Numbers(string row) =>
            [.. row.Split(' ').Select(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? Math.Round(number, 3).ToString(CultureInfo.InvariantCulture) : v)];
    }

    [Fact]
    public void Pandas_finds_the_types_of_the_columns()
    {
        using Workplace place = Workplace.Empty();
        Succeeds(place, Repository.Set("default"), "--records", "--to", "csv:out");
        Dictionary<string, string> types = Readers.PandasTypes(place["out/daily_summaries.csv"]);
        foreach (SummaryColumn column in SummaryColumn.All.Where(c => c.Name != "metrics"))
        {
            string expected = column.Kind switch { ColumnKind.Date => "datetime64[ns]", ColumnKind.Count => "int64", ColumnKind.Number => "float64", _ => "object" };
            Assert.True(types[column.Name] == expected, $"{column.Name}: {types[column.Name]}");
        }

        Assert.Equal(new() { ["user_id"] = "object", ["ts"] = "datetime64[ns]", ["value"] = "float64" }, Readers.PandasTypes(place["out/heart_rate.csv"]));
        Assert.Equal(new() { ["user_id"] = "object", ["date"] = "datetime64[ns]", ["fields"] = "object" }, Readers.PandasTypes(place["out/measurements.csv"]));
    }

    [Fact]
    public void Units_are_in_the_metadata()
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "parquet:.");
        Assert.Equal("km", Readers.Query($"SELECT decode(value) FROM parquet_kv_metadata('{place["daily_summaries.parquet"]}') WHERE decode(key) = 'unit.activity_km'"));
    }

    [Fact]
    public void Spreadsheets_get_a_mark_and_no_formulas()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["users.json"], """[{"user_id":"=cmd","name":"@SUM(1)"}]""");
        File.WriteAllText(place["heart_rate.json"], """[{"user_id":"=cmd","date_time":"2024-01-01T08:00:00","value":61}]""");
        Succeeds(place, ".", "--to", "sqlite:health.db");
        string[] plain = Succeeds(place, "export", "--format", "csv", "--out", "-").Output.Split("\r\n");
        Assert.StartsWith("user_id,date,", plain[0], StringComparison.Ordinal);
        Assert.StartsWith("=cmd,2024-01-01,", plain[1], StringComparison.Ordinal);
        Succeeds(place, "export", "--format", "csv", "--for-spreadsheets", "--out", "safe.csv");
        string[] safe = Encoding.UTF8.GetString(File.ReadAllBytes(place["safe.csv"])).Split("\r\n");
        Assert.StartsWith("\uFEFFuser_id,date,", safe[0], StringComparison.Ordinal);
        Assert.StartsWith("\"'=cmd\",2024-01-01,", safe[1], StringComparison.Ordinal);
        Assert.Contains(",\"'@SUM(1) on 2024-01-01.", safe[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Standard_output_has_the_bytes_of_the_file_and_nothing_else_is_left()
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:health.db");
        foreach (string format in (string[])["csv", "parquet", "arrow"])
        {
            Succeeds(place, "export", "--format", format);
            Outcome outcome = HealthIngestionProcess.RunShell(place.Directory, $"$BIN export --format {format} --out - --quiet | cmp - daily_summaries.{format}");
            Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        }

        Assert.Equal(["daily_summaries.arrow", "daily_summaries.csv", "daily_summaries.parquet", "health.db"], place.Files());
    }

    [Fact]
    public void A_new_folder_is_private_and_an_export_that_cannot_be_written_says_why()
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:health.db");
        Succeeds(place, "export", "--format", "csv", "--out", "a/b");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(place["a/b"]));

        Assert.Contains("health.db is a file, not a folder", Fails(place, 1, "export", "--format", "csv", "--out", "health.db"), StringComparison.Ordinal);
        Assert.Contains("its folder does not exist", Fails(place, 1, "export", "--format", "csv", "--out", "missing/x.csv"), StringComparison.Ordinal);
        Assert.Contains("missing.db does not exist", Fails(place, 1, "export", "--format", "csv", "--from", "sqlite:missing.db"), StringComparison.Ordinal);
        Assert.Contains("--format csv, parquet or arrow", Fails(place, 2, "export"), StringComparison.Ordinal);
        Assert.Contains("--for-spreadsheets needs --format csv", Fails(place, 2, "export", "--format", "arrow", "--for-spreadsheets"), StringComparison.Ordinal);
        Assert.Contains("is after", Fails(place, 2, "export", "--format", "arrow", "--since", "2024-02-01", "--until", "2024-01-01"), StringComparison.Ordinal);
        Assert.Contains("holds no records", Fails(place, 1, "export", "--format", "arrow", "--what", "records", "--out", "r"), StringComparison.Ordinal);
        Assert.Contains("ndjson: cannot be read", Fails(place, 2, "export", "--format", "arrow", "--from", "ndjson:x"), StringComparison.Ordinal);
        Assert.Equal(["health.db"], place.Files());
    }

    [Fact]
    public void A_run_that_is_stopped_leaves_no_file()
    {
        using Workplace place = Workplace.WithData();
        Succeeds(place, "data", "--to", "sqlite:health.db");
        Assert.Equal(0, HealthIngestionProcess.RunShell(place.Directory, "mkfifo pipe.csv").ExitCode);
        Outcome outcome = HealthIngestionProcess.SignalWhen(
            place.Directory, p => HealthIngestionProcess.HasOpen(p, place["health.db"]), [HealthIngestionProcess.Sigterm], "export", "--format", "csv", "--out", "pipe.csv");
        Assert.Equal(143, outcome.ExitCode);
        Assert.Contains("stopped by SIGTERM", outcome.Error, StringComparison.Ordinal);
    }

    private static int Index(string column) => SummaryColumn.All.Select(c => c.Name).ToList().IndexOf(column);

    /// <summary>Compares every value of every row with the database.</summary>
    private static void AssertSame(Workplace place, string format, JsonElement[][] rows)
    {
        using Database database = Database.Open(place["health.db"]);
        List<object?[]> expected = database.Query($"SELECT {string.Join(", ", SummaryColumn.All.Select(c => c.Name))} FROM daily_summaries ORDER BY user_id, date");
        Assert.Equal(expected.Count, rows.Length);
        for (int row = 0; row < rows.Length; row++)
        {
            for (int i = 0; i < SummaryColumn.All.Count; i++)
            {
                object? value = rows[row][i].ValueKind switch
                {
                    JsonValueKind.Null => null,
                    JsonValueKind.String => rows[row][i].GetString(),
                    _ => rows[row][i].GetDouble(),
                };
                if (format == "csv" && value is string && expected[row][i] is long or double)
                {
                    value = double.Parse((string)value, CultureInfo.InvariantCulture);
                }

                object? stored = expected[row][i] is long number ? (double)number : expected[row][i];

                // The reader of CSV does not distinguish a missing text from an empty one.
                Assert.Equal(format == "csv" && stored is "" ? null : stored, format == "csv" && value is "" ? null : value);
            }
        }
    }

    private static Outcome Succeeds(Workplace place, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    private static string Fails(Workplace place, int code, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.Equal(code, outcome.ExitCode);
        return outcome.Error;
    }
}
