using System.Text.Json;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>
/// A later run with fewer readings of a day than are stored, and files that overlap. Such exports are common: a phone exports the
/// day so far, a watch and a phone export halves of a day, an export was cut off, or a day was
/// exported twice with other limits.
/// </summary>
public sealed class FewerReadingsTests
{
    private static readonly string Case = Path.Combine(Repository.Root, "tests", "data", "cases", "half");

    private readonly string _schema = $"f{Guid.NewGuid():N}";

    private static PostgresServer Server => PostgresServer.Shared;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public void The_closing_report_and_the_figures_say_how_many_days_became_poorer(string kind)
    {
        using Workplace place = Workplace.Empty();
        Ingest(place, kind, Path.Combine(Case, "a"));

        Outcome outcome = Ingest(place, kind, Path.Combine(Case, "b"), "--stats-json", "-");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("fewer readings than stored: 1 day in ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("--on-fewer keep keeps the stored ones", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse(outcome.Output).RootElement.GetProperty("sinks")[0].GetProperty("poorer_days").GetInt64());
        Assert.Equal("1", HeartRates(place, kind));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public void Keep_leaves_the_stored_category_and_takes_the_others(string kind)
    {
        using Workplace place = Workplace.Empty();
        Ingest(place, kind, Path.Combine(Case, "a"));
        Directory.CreateDirectory(place["b"]);
        File.Copy(Path.Combine(Case, "b", "heart_rate.json"), Path.Combine(place["b"], "heart_rate.json"));
        File.WriteAllText(Path.Combine(place["b"], "sleep.json"), """[{"user_id":"u1","date":"2024-01-02","total_sleep":7}]""");

        Outcome outcome = Ingest(place, kind, place["b"], "--on-fewer", "keep");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("1 day in ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("2", HeartRates(place, kind));
        Assert.Equal("7", Value(place, kind, "sleep_hours"));
        Assert.Contains("Heart rate: 60 to 70 bpm", Value(place, kind, "summary"), StringComparison.Ordinal);
        Assert.Contains("7 h", Value(place, kind, "summary"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public void Fail_writes_nothing_and_names_the_day(string kind)
    {
        using Workplace place = Workplace.Empty();
        Ingest(place, kind, Path.Combine(Case, "a"));

        Outcome outcome = Ingest(place, kind, Path.Combine(Case, "b"), "--on-fewer", "fail");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("holds 2 readings of heart_rate for user u1 on 2024-01-02, and the input has 1; nothing was written", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("2", HeartRates(place, kind));
    }

    /// <summary>Later exports that other programs stored over a fuller day, or that only add to a day.</summary>
    [Theory]
    [InlineData("Lybron/health-auto-export, issue 56", "heart_rate", """{"user_id":"u1","date_time":"2023-03-05 08:00:00","value":60},{"user_id":"u1","date_time":"2023-03-05 09:00:00","value":70}""", """{"user_id":"u1","date_time":"2023-03-05 08:00:00","value":60}""", true)]
    [InlineData("oliexdev/openScale-sync, issue 23", "measurements", """{"user_id":"u1","date":"2026-03-10","weight":80,"fat":20}""", """{"user_id":"u1","date":"2026-03-10","weight":80.5}""", true)]
    [InlineData("ryanbr/noop, issue 1677", "sleep", """{"user_id":"u1","date":"2026-08-27","total_sleep":3},{"user_id":"u1","date":"2026-08-27","total_sleep":4}""", """{"user_id":"u1","date":"2026-08-27","total_sleep":3}""", true)]
    [InlineData("matomo-org/plugin-GoogleAnalyticsImporter, issue 241", "activities", """{"user_id":"u1","date":"2022-04-16","steps":1},{"user_id":"u1","date":"2022-04-16","steps":2}""", """{"user_id":"u1","date":"2022-04-16","steps":2}""", true)]
    [InlineData("CodyBontecou/health-md, issue 157", "sleep", """{"user_id":"u1","date":"2026-09-06","total_sleep":7}""", """{"user_id":"u1","date":"2026-09-06","total_sleep":7},{"user_id":"u1","date":"2026-09-06","total_sleep":1}""", false)]
    public void A_later_export_of_a_day_does_not_take_readings_away_in_silence(string report, string category, string first, string second, bool isPoorer)
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["d"]);
        foreach ((string records, bool isLast) in ((string, bool)[])[(first, false), (second, true)])
        {
            File.WriteAllText(Path.Combine(place["d"], category + ".json"), $"[{records}]");
            Outcome outcome = Ingest(place, "sqlite", place["d"], "--on-fewer", "fail");
            Assert.True(outcome.ExitCode == (isLast && isPoorer ? 1 : 0), report + ": " + outcome.Error);
        }

        Assert.Equal(isPoorer, Ingest(place, "sqlite", place["d"]).Error.Contains("fewer readings than stored: 1 day", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("activities", """{"user_id":"u1","date":"2024-01-02","steps":1}""", "activity_count")]
    [InlineData("workouts", """{"user_id":"u1","date":"2024-01-02","duration":1}""", "workout_count")]
    [InlineData("nutrition", """{"user_id":"u1","date":"2024-01-02","calories":1}""", "meal_count")]
    [InlineData("sleep", """{"user_id":"u1","date":"2024-01-02","total_sleep":1}""", "sleep_count")]
    public void Every_category_is_counted(string category, string record, string column)
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["d"]);
        File.WriteAllText(Path.Combine(place["d"], category + ".json"), $"[{record},{record}]");
        Ingest(place, "sqlite", place["d"]);
        File.WriteAllText(Path.Combine(place["d"], category + ".json"), $"[{record}]");

        Outcome outcome = Ingest(place, "sqlite", place["d"], "--on-fewer", "keep");

        Assert.Contains("fewer readings than stored: 1 day", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("2", Value(place, "sqlite", column));
    }

    [Fact]
    public void Fewer_measurements_are_fewer_names()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["d"]);
        File.WriteAllText(Path.Combine(place["d"], "measurements.json"), """[{"user_id":"u1","date":"2024-01-02","weight":80,"fat":20}]""");
        Ingest(place, "sqlite", place["d"]);
        File.WriteAllText(Path.Combine(place["d"], "measurements.json"), """[{"user_id":"u1","date":"2024-01-02","weight":81}]""");

        Outcome outcome = Ingest(place, "sqlite", place["d"], "--on-fewer", "keep");

        Assert.Contains("fewer readings than stored: 1 day", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("80", Value(place, "sqlite", "measurements"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_that_starts_anew_has_nothing_to_compare()
    {
        Outcome outcome = HealthIngestionProcess.Run("/tmp", "ingest", Path.Combine(Case, "a"), "--to", "ndjson:-", "--on-fewer", "keep");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("it applies to sqlite: and postgres: only", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Kept_days_keep_their_records_too()
    {
        using Workplace place = Workplace.Empty();
        Ingest(place, "postgres", Path.Combine(Case, "a"), "--records");

        Outcome outcome = Ingest(place, "postgres", Path.Combine(Case, "b"), "--records", "--on-fewer", "keep");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(["2 70"], Server.Query($"SELECT count(*), max(value) FROM {_schema}.heart_rate"));
    }

    [Fact]
    public void Records_of_overlapping_files_are_stored_once_as_they_are_counted_once()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["d"]);
        Write("heart_rate.json", "date_time", (8, 60), (9, 70), (9, 70));
        Write("heart_rate (1).json", "date_time", (9, 70), (10, 80));
        File.WriteAllText(Path.Combine(place["d"], "measurements.json"), """[{"user_id":"u1","date":"2024-01-02","weight":80,"fat":20}]""");
        File.WriteAllText(Path.Combine(place["d"], "measurements-2.json"), """[{"user_id":"u1","date":"2024-01-02","fat":20,"weight":80},{"user_id":"u1","date":"2024-01-03","weight":80}]""");
        File.WriteAllText(Path.Combine(place["d"], "sleep-1.json"), """[{"user_id":"u1","date":"2024-01-02","total_sleep":7,"sleep_quality":"good"},{"user_id":"u2","date":"2024-01-02"}]""");
        File.WriteAllText(Path.Combine(place["d"], "sleep-2.json"), """[{"user_id":"u1","date":"2024-01-02","total_sleep":7,"sleep_quality":"good"},{"user_id":"u2","date":"2024-01-02"}]""");

        foreach (string _ in (string[])["first", "again"])
        {
            Outcome outcome = Ingest(place, "postgres", place["d"], "--records");
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.Equal(
                ["4 4 2 2 2"],
                Server.Query($"SELECT (SELECT count(*) FROM {_schema}.heart_rate), sum(hr_count), (SELECT count(*) FROM {_schema}.sleep), sum(sleep_count), (SELECT count(*) FROM {_schema}.measurements) FROM {_schema}.daily_summaries"));
        }

        void Write(string name, string field, params (int Hour, int Value)[] samples) => File.WriteAllText(
            Path.Combine(place["d"], name),
            $"[{string.Join(',', samples.Select(s => $$"""{"user_id":"u1","{{field}}":"2024-01-02 {{s.Hour:00}}:00:00","value":{{s.Value}}}"""))}]");
    }

    private string HeartRates(Workplace place, string kind) => Value(place, kind, "hr_count");

    private string Value(Workplace place, string kind, string column)
    {
        if (kind == "postgres")
        {
            return Server.Query($"SELECT {column} FROM {_schema}.daily_summaries")[0];
        }

        using Database database = Database.Open(place["h.db"]);
        return Convert.ToString(database.Query($"SELECT {column} FROM daily_summaries")[0][0], System.Globalization.CultureInfo.InvariantCulture)!;
    }

    private Outcome Ingest(Workplace place, string kind, string path, params string[] more) => HealthIngestionProcess.Run(
        place.Directory, ["ingest", path, "--to", kind == "postgres" ? Server.Url : "sqlite:h.db", "--schema", _schema, .. more]);
}
