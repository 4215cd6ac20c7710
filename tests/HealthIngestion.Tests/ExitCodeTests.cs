using System.Diagnostics;

namespace HealthIngestion.Tests;

/// <summary>What a run tells its caller, and that a fault is one line without a stack.</summary>
public sealed class ExitCodeTests
{
    [Fact]
    public void Rejected_records_alone_are_no_failure()
    {
        using Workplace place = Workplace.WithFaultyData();

        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "data").ExitCode);
        Assert.Equal(["health.db", "rejects.ndjson"], place.Files());
    }

    [Fact]
    public void Strict_exits_with_3_when_the_output_is_complete()
    {
        using Workplace place = Workplace.WithFaultyData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--strict", "--to", "ndjson:rows.ndjson", "--rejects", "bad.ndjson");

        Assert.Equal(3, outcome.ExitCode);
        Assert.EndsWith("records were rejected.", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.StartsWith("error: --strict: ", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(["bad.ndjson", "rows.ndjson"], place.Files());
        Assert.NotEmpty(File.ReadAllText(place["rows.ndjson"]));
        Assert.Equal(Workplace.Rejected, File.ReadLines(place["bad.ndjson"]).Count());
    }

    [Fact]
    public void A_strict_run_says_why_it_fails_even_when_quiet()
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["data"]);
        File.WriteAllText(place["data/sleep.json"], """[{"user_id":"u","date":"2024-01-02","total_sleep":"x","mood":1},{"user_id":"u"}]""");
        File.WriteAllText(place["data/users.json"], "");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--strict", "--quiet", "--dry-run");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Equal(
            "error: --strict: 1 record was rejected, 1 file or part of a file was not read, 1 field was not read, 1 field had values that are not numbers.",
            outcome.OnlyErrorLine);
    }

    [Fact]
    public void Empty_standard_input_is_an_error()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.RunShell(place.Directory, "false | $BIN - --category sleep --dry-run");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("standard input: not read: it is empty, as a failed download leaves it.", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Strict_exits_with_0_when_nothing_was_rejected()
    {
        using Workplace place = Workplace.WithData();

        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "data", "--strict").ExitCode);
    }

    [Theory]
    [InlineData("--to", "sqlite:no/such/directory/a.db")]
    [InlineData("--to", "ndjson:no/such/directory/a.ndjson")]
    [InlineData("--stats-json", "no/such/directory/stats.json")]
    public void A_place_that_cannot_be_written_is_one_line_and_exit_code_1(params string[] options)
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["data", "--quiet", .. options]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("error: ", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_full_disk_under_standard_output_is_said()
    {
        using Process shell = HealthIngestionProcess.Start("bash", "/", [], "-c", $"'{HealthIngestionProcess.Path}' --help > /dev/full; echo code $? >&2");
        string error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();

        Assert.Contains("No space left on device", error, StringComparison.Ordinal);
        Assert.EndsWith("code 1\n", error, StringComparison.Ordinal);
    }
}
