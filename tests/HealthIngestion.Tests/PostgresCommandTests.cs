using System.Diagnostics;
using System.Text.Json;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>PostgreSQL on the command line and in the environment.</summary>
public sealed class PostgresCommandTests(GeneratedData data)
{
    private const string Password = "s3cr3t-of-nobody";

    private readonly string _schema = $"c{Guid.NewGuid():N}";

    private static PostgresServer Server => PostgresServer.Shared;

    private static string UrlWithPassword => Server.Url.Replace("tester@", $"tester:{Password}@", StringComparison.Ordinal);

    [Fact]
    public void DATABASE_URL_is_where_summaries_go_when_nothing_else_is_said()
    {
        using Workplace place = Workplace.WithData();
        string keywords = $"Host=127.0.0.1;Port={Server.Port};Username=tester;Database=postgres";
        foreach (string value in (string[])[Server.Url, keywords])
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", value)], "data", "--schema", _schema);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
        }

        Assert.Equal(["3 2"], Server.Query($"SELECT count(*), (SELECT count(*) FROM {_schema}.ingest_runs) FROM {_schema}.daily_summaries"));
        Assert.Empty(place.Files());

        HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", Server.Url)], "data", "--to", "sqlite:a.db", "--quiet");
        Assert.Equal(["a.db"], place.Files());
        Assert.Equal(["2"], Server.Query($"SELECT count(*) FROM {_schema}.ingest_runs"));
    }

    [Fact]
    public void A_password_is_nowhere_to_be_seen()
    {
        using Workplace place = Workplace.WithFaultyData();
        string[] arguments = ["data", "--to", UrlWithPassword, "--schema", _schema, "--stats-json", "-", "--log-level", "debug"];
        Outcome good = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.True(good.ExitCode == 0, good.Error);
        string runs = string.Join('\n', Server.Query($"SELECT r::text FROM {_schema}.ingest_runs r"));

        arguments[2] = UrlWithPassword + "_missing";
        Outcome bad = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.Equal(1, bad.ExitCode);

        arguments[2] = UrlWithPassword + "?nonsense=" + Password;
        Outcome wrong = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.Equal(2, wrong.ExitCode);

        Outcome twice = HealthIngestionProcess.Run(place.Directory, "data", "--to", UrlWithPassword, "--to", UrlWithPassword);
        Assert.Equal(2, twice.ExitCode);

        string seen = string.Concat(new[] { good, bad, wrong, twice }.Select(o => o.Output + o.Error)) + runs;
        Assert.DoesNotContain(Password, seen, StringComparison.Ordinal);
        Assert.Contains($"postgres://tester@127.0.0.1:{Server.Port}/postgres", seen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_does_not_stay_in_the_title_of_the_process()
    {
        using Workplace place = Workplace.Empty();
        using Process process = HealthIngestionProcess.Start(
            HealthIngestionProcess.Path, place.Directory, [], data.Directory, "--quiet", "--to", UrlWithPassword, "--schema", _schema);
        string title = "";
        HealthIngestionProcess.WaitFor(process, p =>
        {
            title = File.ReadAllText($"/proc/{p.Id}/cmdline");
            return title.Contains("***@", StringComparison.Ordinal) && Directory.GetFiles($"/proc/{p.Id}/task/{p.Id}", "comm").Length > 0;
        });
        HealthIngestionProcess.Signal(process, HealthIngestionProcess.Sigkill);
        HealthIngestionProcess.Finish(process, Stopwatch.StartNew());

        Assert.DoesNotContain(Password, title, StringComparison.Ordinal);
        Assert.Contains($"@127.0.0.1:{Server.Port}/postgres", title, StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_prints_what_makes_the_tables()
    {
        Outcome outcome = HealthIngestionProcess.Run("/", "schema", "--schema", _schema);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Server.Query(outcome.Output);
        Assert.Equal(["21"], Server.Query($"SELECT count(*) FROM information_schema.tables WHERE table_schema = '{_schema}' AND table_name <> 'schema_steps'"));
    }

    [Fact]
    public void A_target_that_fails_does_not_take_the_others_with_it()
    {
        using Workplace place = Workplace.WithData();
        File.WriteAllText(Path.Combine(place["data"], "sleep.json"), $$"""[{"user_id":"{{new string('z', 3_000)}}","date":"2024-01-01","total_sleep":7}]""");

        Outcome outcome = HealthIngestionProcess.Run(
            place.Directory, "data", "--to", Server.Url, "--schema", _schema, "--to", "sqlite:a.db", "--to", "ndjson:a.ndjson", "--stats-json", "stats.json");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(@"(?m)^postgres://\S+ +failed +0 +0 +0$", outcome.Error);
        Assert.Matches(@"(?m)^sqlite:a\.db +4 +4 +0 +0$", outcome.Error);
        Assert.Contains("A user_id of 3000 bytes", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(["0"], Server.Query($"SELECT count(*) FROM pg_namespace WHERE nspname = '{_schema}'"));
        Assert.Equal(4, File.ReadLines(place["a.ndjson"]).Count());
        Assert.Equal(1, Database.Runs(place["a.db"]));
        JsonElement sinks = JsonDocument.Parse(File.ReadAllText(place["stats.json"])).RootElement.GetProperty("sinks");
        Assert.Contains("A user_id of 3000 bytes", sinks[0].GetProperty("failed").GetString(), StringComparison.Ordinal);
        Assert.Equal(4, sinks[1].GetProperty("inserted").GetInt32());
    }

    [Fact]
    public void Records_are_stored_shown_and_counted_and_the_next_run_replaces_days_that_changed()
    {
        using Workplace place = Workplace.WithFaultyData();
        string[] arguments = ["data", "--to", Server.Url, "--to", "sqlite:a.db", "--schema", _schema, "--records", "--stats-json", "-"];
        foreach ((int run, int unchanged, int replaced) in ((int, int, int)[])[(0, 0, 0), (1, 4, 0), (2, 2, 2)])
        {
            if (run == 2)
            {
                string rates = Path.Combine(place["data"], "heart_rate.ndjson");
                File.WriteAllText(rates, File.ReadAllText(rates).Replace("\"value\":61", "\"value\":60", StringComparison.Ordinal));
            }

            Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);

            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.Matches($"records in heart_rate +4 +{4 - unchanged} +{unchanged}\n", outcome.Error);
            Assert.Equal(replaced > 0, outcome.Error.Contains("replaced: 2 older records of the same users and days in postgres://", StringComparison.Ordinal));
            JsonElement sinks = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("sinks");
            Assert.Equal(
                $"heart_rate 4 {replaced} {unchanged}",
                string.Join(' ', sinks[0].GetProperty("tables").EnumerateArray().Where(t => t.GetProperty("rows").GetInt32() > 0)
                    .Select(t => $"{t.GetProperty("table")} {t.GetProperty("rows")} {t.GetProperty("replaced")} {t.GetProperty("unchanged")}")));
            Assert.False(sinks[1].TryGetProperty("tables", out _));
            Assert.Equal(
                [$"u1 2024-01-01 08:00:00 {(run == 2 ? 60 : 61)}", "u1 2024-01-01 09:00:00 63", "u1 2024-01-02 08:00:00 62", "u2 2024-01-01 08:00:00 71"],
                Server.Query($"SELECT user_id, ts::text, value FROM {_schema}.heart_rate ORDER BY 1, 2"));
        }

        Assert.Equal(["heart_rate 4", "heart_rate 4", "heart_rate 4"], Server.Query($"SELECT kind, rows FROM {_schema}.ingest_chunks WHERE kind NOT IN ('new', 'changed')"));
    }

    [Fact]
    public void U_0000_is_counted_in_the_closing_words()
    {
        using Workplace place = Workplace.WithData();
        File.WriteAllText(Path.Combine(place["data"], "sleep.json"), """[{"user_id":"u1","date":"2024-01-01","total_sleep":7,"sleep_quality":"go\u0000od"}]""");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", Server.Url, "--schema", _schema, "--to", "sqlite:a.db");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("removed: 2 characters U+0000, which postgres://", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["good"], Server.Query($"SELECT sleep_quality FROM {_schema}.daily_summaries WHERE sleep_quality IS NOT NULL"));
    }
}
