using System.Diagnostics;

namespace HealthIngestion.Tests;

/// <summary>Standard output whose reader ends first, in a real shell.</summary>
public sealed class ClosedPipeTests(GeneratedData data)
{
    [Theory]
    [InlineData("DATA --to ndjson:-")]
    [InlineData("DATA --to ndjson:- --to sqlite:a.db")]
    [InlineData("DATA --to ndjson:- --mode original")]
    [InlineData("--help")]
    [InlineData("help ingest")]
    [InlineData("schema")]
    [InlineData("man")]
    [InlineData("completion bash")]
    [InlineData("version")]
    [InlineData("DATA --dry-run --quiet --stats-json -")]
    public void A_reader_that_ends_first_ends_the_run_in_silence(string arguments)
    {
        using Workplace place = Workplace.Empty();
        string command = arguments.Replace("DATA", $"'{data.Medium}'", StringComparison.Ordinal);
        bool hasOther = arguments.Contains("sqlite", StringComparison.Ordinal);

        // The pipe is closed before the program starts, so that its first write fails.
        Outcome closed = Bash(place, $"'{HealthIngestionProcess.Path}' {command} --quiet | true; echo ${{PIPESTATUS[0]}}", arguments);
        Outcome head = Bash(place, $"set -o pipefail; '{HealthIngestionProcess.Path}' {command} | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}", arguments);

        Assert.Equal(("0\n", ""), (closed.Output, closed.Error));
        Assert.Equal("0\n", head.Output);
        Assert.True(hasOther || head.Error.Length == 0 || !head.Error.Contains("error", StringComparison.Ordinal), head.Error);
        Assert.Equal(hasOther, place.Has("a.db"));
    }

    private static Outcome Bash(Workplace place, string script, string arguments)
    {
        // Help, schema and the like have no --quiet.
        string own = arguments.Contains("DATA", StringComparison.Ordinal) ? script : script.Replace(" --quiet", "", StringComparison.Ordinal);
        Stopwatch time = Stopwatch.StartNew();
        using Process process = HealthIngestionProcess.Start("bash", place.Directory, [], "-c", own);
        return HealthIngestionProcess.Finish(process, time);
    }
}
