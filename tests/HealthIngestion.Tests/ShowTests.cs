using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary><c>show</c> and <c>report</c> on the command line.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class ShowTests
{
    [Fact]
    public void People_a_person_and_a_day_are_shown_without_colours_in_a_pipe()
    {
        using Workplace place = Sample();

        Outcome people = HealthIngestionProcess.Run(place.Directory, "show");
        Outcome person = HealthIngestionProcess.Run(place.Directory, "show", "--user", "user_000000");
        Outcome day = HealthIngestionProcess.Run(place.Directory, "show", "--user", "user_000000", "--date", "2023-01-02");

        Assert.Equal((0, 0, 0), (people.ExitCode, person.ExitCode, day.ExitCode));
        Assert.Empty(people.Error + person.Error + day.Error);
        Assert.StartsWith("sqlite:health.db\n4 people, 48 days, 2023-01-01 to 2023-01-12;", people.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^user_000000 +12 +2023-01-01 +2023-01-12 +10,283 +6\.9 +64 +96 +2,084$", people.Output);
        Assert.StartsWith("Fatima Ivanov\nuser_000000 · 12 days, 2023-01-01 to 2023-01-12\n", person.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^Sleep +[▁-█ ]{12}  mean +6\.9   4\.1 to 9\.3 h$", person.Output);
        Assert.Matches(@"(?m)^2023-01-02 Mon +9,921 +8\.7 +64 +85 +1,986 ", person.Output);
        Assert.StartsWith("Fatima Ivanov\nuser_000000 · Monday, 2 January 2023\n\nSteps                 9,921\n", day.Output, StringComparison.Ordinal);
        Assert.Contains("mean 85.1 over 11\nreadings.\n", day.Output, StringComparison.Ordinal);
        Assert.All((people.Output + person.Output + day.Output).Split('\n'), l => Assert.InRange(l.Length, 0, 80));
        Assert.DoesNotContain('\e', people.Output + person.Output + day.Output);
    }

    [Fact]
    public void A_long_time_is_a_calendar_and_months()
    {
        using Workplace place = Workplace.Empty();
        HealthIngestionProcess.Run(place.Directory, "generate", "data", "--users", "1", "--days", "400", "--quiet");
        HealthIngestionProcess.Run(place.Directory, "data", "--quiet");

        Outcome year = HealthIngestionProcess.Run(place.Directory, "show", "--user", "user_000001", "--since", "2023-01-01");

        Assert.True(year.ExitCode == 0, year.Error);
        Assert.Matches(@"(?m)^2023 Jan +Feb +Mar", year.Output);
        Assert.Matches(@"(?m)^Wed   ?[·░▒▓█]{40,}$", year.Output);
        Assert.Matches(@"(?m)^MONTH +DAYS +STEPS", year.Output);
        Assert.Matches(@"(?m)^2023-12 +31 ", year.Output);
        Assert.All(year.Output.Split('\n'), l => Assert.InRange(l.Length, 0, 80));
    }

    [Fact]
    public void A_terminal_has_colours_unless_NO_COLOR_is_set_and_its_width_counts()
    {
        Installed.Require("script");
        using Workplace place = Sample();

        string colored = HealthIngestionProcess.RunOnTerminal(place.Directory, [], "show --user user_000000").Output;
        string plain = HealthIngestionProcess.RunOnTerminal(place.Directory, [("NO_COLOR", "1")], "show --user user_000000").Output;
        string dumb = HealthIngestionProcess.RunOnTerminal(place.Directory, [("TERM", "dumb")], "show --user user_000000").Output;

        Assert.Contains("\e[1mFatima Ivanov\e[0m", colored, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', plain);
        Assert.Equal(plain, dumb);
        Assert.Equal(plain, Escape().Replace(colored, ""));
        string[] lines = [.. plain.ReplaceLineEndings("\n").Split('\n')];
        Assert.InRange(lines.Max(l => l.Length), 81, 100);
    }

    [Fact]
    public void JSON_is_that_of_ndjson_and_CSV_has_the_same_values()
    {
        using Workplace place = Sample();
        string[] expected = [.. File.ReadLines(Path.Combine(Repository.Set("default"), "expected.ndjson")).Where(l => l.Contains("\"user_000002\"", StringComparison.Ordinal))];

        string json = HealthIngestionProcess.Run(place.Directory, "show", "--user", "user_000002", "--json").Output;
        string csv = HealthIngestionProcess.Run(place.Directory, "show", "--user", "user_000002", "--csv").Output;
        string people = HealthIngestionProcess.Run(place.Directory, "show", "--csv").Output;
        string peopleJson = HealthIngestionProcess.Run(place.Directory, "show", "--json").Output;

        Assert.Equal(string.Join('\n', expected) + "\n", json);
        Assert.Equal(HealthIngestionProcess.Run(place.Directory, "export", "--format", "csv", "--user", "user_000002", "--out", "-").Output, csv);
        string[][] lines = [.. csv.TrimEnd().Split("\r\n").Select(l => Cell().Matches(l).Select(m => m.Groups[1].Value.Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal)).ToArray())];
        Assert.Equal(expected.Length + 1, lines.Length);
        foreach ((string line, string[] cells) in expected.Zip(lines.Skip(1)))
        {
            JsonProperty[] row = [.. JsonDocument.Parse(line).RootElement.EnumerateObject()];
            for (int i = 0; i < row.Length; i++)
            {
                Assert.Equal(row[i].Name, lines[0][i]);
                Assert.Equal(row[i].Value.ValueKind switch { JsonValueKind.Null => "", JsonValueKind.Object or JsonValueKind.Number => row[i].Value.GetRawText(), _ => row[i].Value.GetString()! }, cells[i]);
            }
        }

        Assert.Equal(5, people.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("user_id,name,days,first,last,activity_steps,", people, StringComparison.Ordinal);
        Assert.Equal(4, peopleJson.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("days").GetInt32()).Count(d => d == 12));
    }

    [Fact]
    public void Texts_of_the_data_cannot_control_the_terminal()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        File.WriteAllText(place["data/users.json"], """[{"user_id": "a\u001b[2Jb\n\u202e\u0085", "name": "\u001b]0;x\u0007界👩‍👩"}]""");
        File.WriteAllText(place["data/sleep.json"], """[{"user_id": "a\u001b[2Jb\n\u202e\u0085", "date": "2024-01-01", "total_sleep": 7, "sleep_quality": "\u001b[31m"}]""");
        HealthIngestionProcess.Run(place.Directory, "data", "--quiet");
        string id = "a\e[2Jb\n\u202e\u0085";

        foreach (string[] arguments in (string[][])[["show"], ["show", "--user", id], ["show", "--user", id, "--date", "2024-01-01"]])
        {
            Outcome shown = HealthIngestionProcess.Run(place.Directory, arguments);
            Assert.True(shown.ExitCode == 0, shown.Error);
            Assert.DoesNotContain(shown.Output, c => c is '\e' or '\a' or '\u202e' or '\u0085' or '\r');
        }
    }

    [Theory]
    [InlineData(2, "--date is one day", "show", "--user", "u", "--date", "2024-01-01", "--since", "2024-01-01")]
    [InlineData(2, "--since 2024-02-01 is after --until 2024-01-01", "show", "--since", "2024-02-01", "--until", "2024-01-01")]
    [InlineData(2, "--json and --csv cannot be combined", "show", "--json", "--csv")]
    [InlineData(2, "--date 'today' is not a day", "show", "--date", "today")]
    [InlineData(2, "ndjson: cannot be read", "show", "--from", "ndjson:x")]
    [InlineData(1, "sqlite:health.db has no user user_00000. Did you mean user_000000?", "show", "--user", "user_00000")]
    [InlineData(1, "sqlite:health.db has no user fatima ivanov. fatima ivanov is the name of the user user_000000.", "show", "--user", "fatima ivanov")]
    [InlineData(1, "sqlite:health.db has no user zzz. It has user_000000, user_000001, user_000002, user_000003.", "show", "--user", "zzz", "--csv")]
    [InlineData(1, "User user_000000 has no day in this range. The days of this user go from 2023-01-01 to 2023-01-12.", "show", "--user", "user_000000", "--date", "2024-01-01")]
    [InlineData(1, "healt.db does not exist: there is nothing to read. Did you mean --from sqlite:health.db?", "show", "--from", "sqlite:healt.db")]
    [InlineData(1, "no/x.db does not exist: there is nothing to read. Load health data", "report", "--from", "sqlite:no/x.db")]
    [InlineData(1, "has no user zzz", "report", "--user", "zzz")]
    [InlineData(1, "has no user user_00000. Did you mean user_000000?", "push", "--user", "user_00000", "--to", "http://127.0.0.1:9/ingest")]
    [InlineData(1, "has no user zzz", "embed", "--user", "zzz", "--api", "http://127.0.0.1:9")]
    [InlineData(1, "has no user zzz", "search", "walk", "--user", "zzz", "--api", "http://127.0.0.1:9")]
    [InlineData(2, "--user and --all cannot be combined", "report", "--user", "u", "--all")]
    [InlineData(2, "--out would overwrite the database health.db", "report", "--out", "health.db")]
    [InlineData(1, "no/r.html cannot be written: its folder does not exist", "report", "--out", "no/r.html")]
    [InlineData(1, "missing.ndjson cannot be read", "report", "--rejects", "missing.ndjson")]
    [InlineData(1, "data/users.json is no rejects file: line 1", "report", "--rejects", "data/users.json")]
    public void Wrong_use_is_one_line_that_helps(int exitCode, string expected, params string[] arguments)
    {
        using Workplace place = Sample();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(expected, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
        Assert.False(place.Has("report.html"));
    }

    [Fact]
    public void A_report_is_a_private_file_or_standard_output_and_says_what_it_has()
    {
        using Workplace place = Sample();

        Outcome file = HealthIngestionProcess.Run(place.Directory, "report", "--user", "user_000001", "--user", "user_000002", "--since", "2023-01-03");
        Outcome output = HealthIngestionProcess.Run(place.Directory, "report", "--out", "-");
        Outcome head = HealthIngestionProcess.RunShell(place.Directory, "\"$BIN\" report --out - | head -c 100 | wc -c");

        Assert.True(file.ExitCode == 0, file.Error);
        Assert.Matches(@"^report\.html: 2 people, 20 days, \d+ kB$", file.OnlyErrorLine);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place["report.html"]));
        Assert.StartsWith("<!doctype html>", output.Output, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", output.Output, StringComparison.Ordinal);
        Assert.Equal((0, "100\n", ""), (head.ExitCode, head.Output, head.Error));
    }

    [Fact]
    public void A_database_of_an_older_version_is_shown_and_stays_as_it_is()
    {
        using Workplace place = Sample();
        string expected = HealthIngestionProcess.Run(place.Directory, "show", "--user", "user_000001").Output;
        using (Database database = Database.Open(place["health.db"]))
        {
            database.Query("ALTER TABLE daily_summaries DROP COLUMN metrics");
            database.Query("PRAGMA user_version = 1");
        }

        byte[] before = File.ReadAllBytes(place["health.db"]);
        Outcome shown = HealthIngestionProcess.Run(place.Directory, "show", "--user", "user_000001");
        Outcome report = HealthIngestionProcess.Run(place.Directory, "report", "--quiet");

        Assert.Equal((0, "", 0, ""), (shown.ExitCode, shown.Error, report.ExitCode, report.Error));
        Assert.Equal(expected, shown.Output);
        Assert.Equal(before, File.ReadAllBytes(place["health.db"]));
    }

    [Fact]
    public void A_pipe_is_written_and_stays_a_pipe()
    {
        using Workplace place = Sample();
        Outcome piped = HealthIngestionProcess.RunShell(place.Directory, "mkfifo pipe && (tail -c 8 <pipe & \"$BIN\" report --quiet --out pipe && wait && test -p pipe)");
        Assert.Equal((0, "</html>\n", ""), (piped.ExitCode, piped.Output, piped.Error));
    }

    [Fact]
    public void PostgreSQL_is_shown_as_SQLite_is()
    {
        using Workplace place = Sample();
        string schema = $"s{Guid.NewGuid():N}";
        string[] from = ["--from", PostgresServer.Shared.Url, "--schema", schema];
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ["data", "--quiet", "--to", PostgresServer.Shared.Url, "--schema", schema]).ExitCode);

        foreach (string[] arguments in (string[][])[["show", "--json"], ["show", "--user", "user_000003"], ["show", "--user", "user_000003", "--json"], ["show", "--user", "user_000003", "--date", "2023-01-05"]])
        {
            Outcome sqlite = HealthIngestionProcess.Run(place.Directory, arguments), postgres = HealthIngestionProcess.Run(place.Directory, [.. arguments, .. from]);
            Assert.True(postgres.ExitCode == 0, postgres.Error);
            Assert.Equal(sqlite.Output, postgres.Output);
        }

        Outcome report = HealthIngestionProcess.Run(place.Directory, ["report", .. from]);
        Assert.Matches(@"^report\.html: 4 people, 48 days, \d+ kB$", report.OnlyErrorLine);
        PostgresServer.Shared.Query($"DROP SCHEMA {schema} CASCADE");
    }

    private static Workplace Sample()
    {
        Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        foreach (string file in Directory.GetFiles(Repository.Set("default"), "*.json"))
        {
            File.Copy(file, Path.Combine(place["data"], Path.GetFileName(file)));
        }

        Outcome loaded = HealthIngestionProcess.Run(place.Directory, "data", "--quiet");
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        return place;
    }

    [GeneratedRegex("""\e\[[0-9;]*m""")]
    private static partial Regex Escape();

    [GeneratedRegex("""(?:^|,)("(?:[^"]|"")*"|[^,]*)""")]
    private static partial Regex Cell();
}
