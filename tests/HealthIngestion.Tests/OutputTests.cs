using System.Diagnostics;
using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>Standard output holds results and nothing else; everything else is on standard error.</summary>
public sealed class OutputTests
{
    [Fact]
    public void Rows_on_standard_output_are_alone_there()
    {
        using Workplace place = Workplace.WithFaultyData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-", "--log-level", "debug", "--progress", "plain");

        Assert.Equal(0, outcome.ExitCode);
        string[] lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Workplace.Rows, lines.Length);
        Assert.All(lines, line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
        Assert.NotEmpty(outcome.Error);
    }

    [Fact]
    public void A_run_into_a_database_prints_nothing_on_standard_output()
    {
        using Workplace place = Workplace.WithData();

        Assert.Empty(HealthIngestionProcess.Run(place.Directory, "data").Output);
    }

    [Fact]
    public void A_quiet_run_says_nothing()
    {
        using Workplace place = Workplace.WithFaultyData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--progress", "plain");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Output);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public void The_closing_words_tell_the_balance_the_rejects_and_what_to_do_next()
    {
        using Workplace place = Workplace.WithFaultyData();

        string error = HealthIngestionProcess.Run(place.Directory, "data").Error;

        Assert.Contains($"balance: {Workplace.Records} records = {Workplace.Records - Workplace.Rejected} aggregated + 0 repeated + {Workplace.Rejected} rejected", error, StringComparison.Ordinal);
        Assert.Contains("rejects: 2 records in rejects.ndjson, the first for no_value at ", error, StringComparison.Ordinal);
        Assert.Contains(" line 3", error, StringComparison.Ordinal);
        Assert.Contains("next: sqlite3 health.db ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_proposed_at_the_end_works()
    {
        using Workplace place = Workplace.WithData();
        string next = HealthIngestionProcess.Run(place.Directory, "data").ErrorLines.Single(l => l.StartsWith("next: ", StringComparison.Ordinal));

        using Process shell = HealthIngestionProcess.Start("sh", place.Directory, [], "-c", next["next: ".Length..]);
        string rows = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();

        Assert.Equal(0, shell.ExitCode);
        Assert.Equal(Workplace.Rows, rows.Count(c => c == '\n'));
    }

    [Fact]
    public void A_dry_run_writes_no_summaries()
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--dry-run", "--to", "ndjson:-");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Output);
        Assert.Empty(place.Files());
        Assert.Contains("dry run", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_targets_get_the_same_rows()
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-", "--to", "ndjson:rows.ndjson", "--to", "sqlite:a.db", "--no-api");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(outcome.Output, File.ReadAllText(place["rows.ndjson"]));
        Assert.True(place.Has("a.db"));
    }

    [Theory]
    [InlineData("--mode", "original")]
    [InlineData("--workers", "1")]
    [InlineData("--io", "pread")]
    [InlineData("--io", "mmap")]
    [InlineData("--chunk-size", "7")]
    [InlineData("--partitions", "3")]
    public void No_engine_option_changes_the_rows(params string[] options)
    {
        using Workplace place = Workplace.WithFaultyData();
        string expected = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:-").Output;

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["data", "--to", "ndjson:-", .. options]);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(expected, outcome.Output);
    }

    [Fact]
    public void A_json_log_is_json_on_every_line()
    {
        using Workplace place = Workplace.WithFaultyData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--log-format", "json", "--log-level", "debug");

        Assert.Equal(0, outcome.ExitCode);
        JsonElement[] lines = [.. outcome.ErrorLines.Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.All(lines, l =>
        {
            Assert.True(l.GetProperty("time").TryGetDateTime(out _));
            Assert.NotEmpty(l.GetProperty("message").GetString()!);
        });
        JsonElement done = Assert.Single(lines, l => l.GetProperty("event").GetString() == "done");
        Assert.True(done.GetProperty("balance").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void An_error_in_a_json_log_is_json_too()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "nowhere", "--log-format", "json");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("error", JsonDocument.Parse(outcome.OnlyErrorLine).RootElement.GetProperty("level").GetString());
    }
}
