using System.Text.Json;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>
/// <c>--on-fewer union</c>: a day that was exported in parts is the multiset union of its parts, in whatever order they arrive and
/// however often.
/// </summary>
public sealed class UnionTests
{
    private static readonly string Case = Path.Combine(Repository.Root, "tests", "data", "cases", "half");

    private readonly string _schema = $"u{Guid.NewGuid():N}";

    private static PostgresServer Server => PostgresServer.Shared;

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public void Two_halves_of_a_day_are_one_day(string first, string second)
    {
        using Workplace place = Workplace.Empty();
        Unite(place, Path.Combine(Case, first));

        Outcome outcome = Unite(place, Path.Combine(Case, second), "--stats-json", "-");

        int stored = first == "a" ? 2 : 1;
        Assert.DoesNotContain("fewer readings", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($" + {stored} stored before = 3 aggregated", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"united: {stored} stored record", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["3 60 100 " + 230.0 / 3], Days("hr_count, hr_min, hr_max, hr_mean"));
        Assert.Equal(["3"], Records("heart_rate"));
        JsonElement stats = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal(stored, stats.GetProperty("balance").GetProperty("stored").GetInt64());
        Assert.True(stats.GetProperty("balance").GetProperty("ok").GetBoolean());
        Assert.Equal([$"{3 - stored} {3 - stored}"], Server.Query($"SELECT records, aggregated FROM {_schema}.ingest_runs ORDER BY started DESC LIMIT 1"));
    }

    [Fact]
    public void A_part_that_arrives_once_more_changes_nothing()
    {
        using Workplace place = Workplace.Empty();
        Unite(place, Path.Combine(Case, "a"));
        Unite(place, Path.Combine(Case, "b"));
        List<string> days = Days("*"), records = Server.Query($"SELECT ctid, * FROM {_schema}.heart_rate ORDER BY ts");

        foreach (string part in (string[])["b", "a", "b"])
        {
            Outcome outcome = Unite(place, Path.Combine(Case, part), "--stats-json", "-");
            JsonElement sink = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("sinks")[0];
            Assert.Equal(1, sink.GetProperty("unchanged").GetInt64());
        }

        Assert.Equal(days, Days("*"));
        Assert.Equal(records, Server.Query($"SELECT ctid, * FROM {_schema}.heart_rate ORDER BY ts"));
    }

    [Fact]
    public void Equal_records_count_as_often_as_the_part_with_the_most_has_them()
    {
        using Workplace place = Workplace.Empty();
        Unite(place, Part(place, "1", ("heart_rate.json", [Sample(8, 60), Sample(8, 60), Sample(9, 70)])));
        Unite(place, Part(place, "2", ("heart_rate.json", [Sample(8, 60), Sample(9, 70), Sample(9, 70), Sample(9, 70)])));

        Assert.Equal(["5"], Days("hr_count"));
        Assert.Equal(["60 2", "70 3"], Server.Query($"SELECT value, count(*) FROM {_schema}.heart_rate GROUP BY value ORDER BY value"));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("4")]
    public void Parts_in_several_overlapping_files_are_united_with_what_is_stored(string workers)
    {
        using Workplace place = Workplace.Empty();
        Unite(place, Part(place, "1", ("heart_rate.json", [Sample(8, 60), Sample(8, 60), Sample(9, 70)]), ("sleep.json", [Sleep(7)])));

        Outcome outcome = Unite(
            place,
            Part(place, "2", ("heart_rate.json", [Sample(8, 60), Sample(10, 80)]), ("heart_rate (1).json", [Sample(10, 80), Sample(11, 90)]), ("sleep-1.json", [Sleep(1)]), ("sleep-2.json", [Sleep(1)])),
            "--workers", workers, "--chunk-size", "64", "--partitions", "3");

        // Stored are 60, 60, 70; the files have 60, 80, 80 of which one repeats, 90.
        Assert.Contains(" + 3 stored before = 7 aggregated + 2 repeated", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["5 2"], Days("hr_count, sleep_count"));
        Assert.Equal(["60 2", "70 1", "80 1", "90 1"], Server.Query($"SELECT value, count(*) FROM {_schema}.heart_rate GROUP BY value ORDER BY value"));
        Assert.Equal(["2"], Records("sleep"));
    }

    [Fact]
    public void Every_category_is_united_and_equals_a_run_of_both_parts()
    {
        (string, string[])[] morning =
        [
            ("activities.json", ["""{"user_id":"u1","date":"2024-01-02T08:10:00","activity_type":"run \"fast\" \\ ü","weather":"sun","duration":30.5,"distance":5.123456,"steps":6000,"calories_burned":300}"""]),
            ("workouts.json", ["""{"user_id":"u1","date":"2024-01-02","workout_type":"legs","sets":3,"reps":10}"""]),
            ("nutrition.json", ["""{"user_id":"u1","date":"2024-01-02","meal_type":"breakfast","calories":400.000001,"protein":20}"""]),
            ("sleep.json", ["""{"user_id":"u1","date":"2024-01-02","total_sleep":7.1,"sleep_quality":"good"}"""]),
            ("heart_rate.json", [Sample(8, 60), Sample(9, 70)]),
            ("measurements.json", ["""{"user_id":"u1","date":"2024-01-02","weight":80.1,"body \"fat\"":20,"id":7,"note":"x"}"""]),
        ];
        (string, string[])[] evening =
        [
            ("activities.json", ["""{"user_id":"u1","date":"2024-01-02","activity_type":"walk","steps":100,"heart_rate_max":130}"""]),
            ("workouts.json", ["""{"user_id":"u1","date":"2024-01-02","workout_type":"arms","duration":20}"""]),
            ("nutrition.json", ["""{"user_id":"u1","date":"2024-01-02","meal_type":"dinner","calories":800}"""]),
            ("sleep.json", ["""{"user_id":"u1","date":"2024-01-02","total_sleep":1}"""]),
            ("heart_rate.json", [Sample(20, 100)]),
            ("measurements.json", ["""{"user_id":"u1","date":"2024-01-02","waist":85}""", """{"user_id":"u2","date":"2024-01-02","waist":90}"""]),
        ];
        using Workplace place = Workplace.Empty();
        Unite(place, Part(place, "1", morning));
        Unite(place, Part(place, "2", evening));
        List<string> united = Days("*");
        string[] records = AllRecords();
        Server.Query($"DROP SCHEMA {_schema} CASCADE");
        Unite(place, Part(place, "both", [.. morning.Select(f => (f.Item1, (string[])[.. f.Item2, .. evening.Single(e => e.Item1 == f.Item1).Item2]))]));

        Assert.Equal(2, united.Count);
        Assert.Equal(Days("*"), united);
        Assert.Equal(AllRecords(), records);

        string[] AllRecords() =>
            [.. ((string[])["activities", "workouts", "meals", "sleep", "heart_rate", "measurements"]).SelectMany(t => Server.Query($"SELECT '{t}', r::text FROM {_schema}.{t} r ORDER BY r::text COLLATE \"C\""))];
    }

    [Fact]
    public void Days_without_new_records_and_other_users_stay()
    {
        using Workplace place = Workplace.Empty();
        Unite(place, Part(place, "1", ("heart_rate.json", [Sample(8, 60), Sample(8, 61).Replace("01-02", "01-03", StringComparison.Ordinal), Sample(8, 62).Replace("u1", "u2", StringComparison.Ordinal)])));

        Outcome outcome = Unite(place, Part(place, "2", ("heart_rate.json", [Sample(9, 70), Sample(9, 71).Replace("2024-01", "2024-02", StringComparison.Ordinal)])));

        Assert.Contains(" + 1 stored before = 3 aggregated", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["u1 2024-01-02 2", "u1 2024-01-03 1", "u1 2024-02-02 1", "u2 2024-01-02 1"], Days("user_id, date::text, hr_count"));
        Assert.Equal(["5"], Records("heart_rate"));
    }

    [Fact]
    public void A_killed_run_leaves_what_was_stored_and_the_next_one_unites()
    {
        using Workplace place = Workplace.Empty();
        Unite(place, Path.Combine(Case, "a"));
        string[] many = [.. Enumerable.Range(0, 200_000).Select(i => Sample(10 + (i % 12), 60 + (i % 90)))];
        string part = Part(place, "2", ("heart_rate.json", many));
        Outcome killed = HealthIngestionProcess.SignalWhen(
            place.Directory,
            _ => Server.Query($"SELECT count(*) FROM pg_locks WHERE relation = '{_schema}.daily_summaries'::regclass AND mode = 'ShareRowExclusiveLock'")[0] != "0",
            [HealthIngestionProcess.Sigkill],
            Arguments(part));

        Assert.Equal([killed.ExitCode == 0 ? "200002" : "2"], Days("hr_count"));
        Unite(place, part);
        Assert.Equal(["200002"], Days("hr_count"));
        Assert.Equal(["200002"], Records("heart_rate"));
    }

    [Fact]
    public void A_day_that_was_stored_without_records_cannot_be_united_and_stays()
    {
        using Workplace place = Workplace.Empty();
        Outcome first = HealthIngestionProcess.Run(place.Directory, "ingest", Path.Combine(Case, "a"), "--to", Server.Url, "--schema", _schema);
        Assert.True(first.ExitCode == 0, first.Error);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. Arguments(Path.Combine(Case, "b"))]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("holds 2 readings of heart_rate for user u1 on 2024-01-02, but its stored records and the input together have only 1; nothing was written", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("stored without --records", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["2"], Days("hr_count"));
        Assert.Equal(["0"], Records("heart_rate"));
    }

    [Theory]
    [InlineData("--to", "sqlite:h.db")]
    [InlineData("--to", "sqlite:h.db", "--to", "postgres://me@127.0.0.1/x")]
    [InlineData("--to", "postgres://me@127.0.0.1/x")]
    [InlineData("--to", "sqlite:h.db", "--to", "postgres://me@127.0.0.1/x", "--records")]
    [InlineData("--to", "postgres://me@127.0.0.1/y", "--to", "postgres://me@127.0.0.1/x", "--records")]
    public void Union_needs_one_target_that_stores_records(params string[] targets)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["ingest", Path.Combine(Case, "a"), "--on-fewer", "union", .. targets]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--on-fewer union unites records in the only target: use it with --records and one --to, postgres://", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    private static string Sample(int hour, int value) => $$"""{"user_id":"u1","date_time":"2024-01-02 {{hour:00}}:00:00","value":{{value}}}""";

    private static string Sleep(int hours) => $$"""{"user_id":"u1","date":"2024-01-02T23:00:00","total_sleep":{{hours}}}""";

    private static string Part(Workplace place, string folder, params (string Name, string[] Records)[] files)
    {
        Directory.CreateDirectory(place[folder]);
        foreach ((string name, string[] records) in files)
        {
            File.WriteAllText(Path.Combine(place[folder], name), $"[{string.Join(',', records)}]");
        }

        return place[folder];
    }

    private List<string> Days(string columns) => Server.Query($"SELECT {columns} FROM {_schema}.daily_summaries ORDER BY user_id, date");

    private List<string> Records(string table) => Server.Query($"SELECT count(*) FROM {_schema}.{table}");

    private string[] Arguments(string path, params string[] more) => ["ingest", path, "--to", Server.Url, "--schema", _schema, "--records", "--on-fewer", "union", .. more];

    private Outcome Unite(Workplace place, string path, params string[] more)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, Arguments(path, more));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }
}
