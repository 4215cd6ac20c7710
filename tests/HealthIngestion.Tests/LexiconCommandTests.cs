using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>The commands of dictionaries as a user meets them.</summary>
public sealed class LexiconCommandTests
{
    private static readonly string Sample = Path.Combine(Repository.Root, "tests", "data", "lexicon", "entries.jsonl");
    private static readonly string Expected = File.ReadAllText(Path.Combine(Repository.Root, "tests", "data", "lexicon", "expected.ndjson"));

    [Theory]
    [InlineData("1")]
    [InlineData("16")]
    public void The_sample_is_printed_as_expected(string workers)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "ingest", "--source", "sample", "--file", Sample, "--to", "ndjson:-", "--workers", workers, "--quiet");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.Equal(Expected, outcome.Output);
        Assert.Equal(["rejects.ndjson"], place.Files());
    }

    [Fact]
    public void Strict_says_that_records_were_rejected_and_figures_balance()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(
            place.Directory, "ingest", "--source", "sample", "--file", Sample, "--dry-run", "--strict", "--quiet", "--stats-json", "-");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("\"balance_ok\": true", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\"written\": 59", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_is_loaded_reprocessed_and_validated()
    {
        PostgresServer server = PostgresServer.Shared;
        using Workplace place = Workplace.Empty();
        string[] database = ["--to", server.Url, "--schema", "lexicon_commands"];

        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ["ingest", "--source", "sample", "--file", Sample, "--quiet", .. database]).ExitCode);
        server.Query("UPDATE lexicon_commands.entries SET definition = 'wrong' WHERE headword = 'Fuchs'");
        Outcome before = HealthIngestionProcess.Run(place.Directory, ["validate", .. database]);
        Outcome reprocess = HealthIngestionProcess.Run(place.Directory, ["reprocess", "--source", "sample", .. database]);
        Outcome after = HealthIngestionProcess.Run(place.Directory, ["validate", .. database]);

        Assert.Matches("""(?m)^outdated +1  Fuchs \(de\) in sample, raw 2$""", before.Output);
        Assert.Equal(0, reprocess.ExitCode);
        Assert.Matches("""(?m)^sample +61 +1 +58 +0 +1 +1 +0$""", reprocess.Error);
        Assert.DoesNotContain("outdated", after.Output, StringComparison.Ordinal);
        Assert.Contains("61 records, 59 with an entry", after.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--source needs --file PATH", "--source", "x")]
    [InlineData("--file needs --source ID", "--file", "x")]
    [InlineData("--catalog is for dictionaries", "--catalog", "x")]
    [InlineData("--mode is for health data", "--source", "x", "--file", "y", "--mode", "original", "--dry-run")]
    [InlineData("a dictionary takes 1 to 16", "--source", "x", "--file", "y", "--workers", "17", "--dry-run")]
    [InlineData("a dictionary needs a place", "--source", "x", "--file", "y")]
    public void What_makes_no_sense_is_wrong_usage(string said, params string[] arguments)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["ingest", .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(said, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }
}
