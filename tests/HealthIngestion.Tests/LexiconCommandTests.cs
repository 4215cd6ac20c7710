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
    public void The_family_prints_the_same_and_takes_16_workers_at_most()
    {
        using Workplace place = Workplace.Empty();

        Outcome family = HealthIngestionProcess.Run(place.Directory, "lexicon", "ingest", "--source", "sample", "--file", Sample, "--to", "ndjson:-", "--quiet");
        Outcome many = HealthIngestionProcess.Run(place.Directory, "lexicon", "ingest", "--source", "sample", "--file", Sample, "--dry-run", "--workers", "17");

        Assert.Equal(Expected, family.Output);
        Assert.Equal(2, many.ExitCode);
        Assert.Contains("--workers '17' is not a whole number from 1 to 16", many.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a dictionary needs --source ID, its name, and --file PATH")]
    [InlineData("Too many arguments: 'dump.jsonl'. Usage: health_ingestion lexicon ingest --source ID --file PATH [options]", "dump.jsonl")]
    public void A_dictionary_without_its_name_or_file_is_wrong_usage(string said, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run("/", ["lexicon", "ingest", .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(said, outcome.OnlyErrorLine, StringComparison.Ordinal);
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
    [InlineData("--records is for health data", "--source", "x", "--file", "y", "--records", "--dry-run")]
    [InlineData("--no-api is for health data", "--source", "x", "--file", "y", "--no-api", "--dry-run")]
    [InlineData("'export/' is not expected: --file PATH alone names the dictionary", "export/", "--source", "x", "--file", "y", "--dry-run")]
    [InlineData("a dictionary needs a target", "--source", "x", "--file", "y")]
    public void What_makes_no_sense_is_wrong_usage(string said, params string[] arguments)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["ingest", .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(said, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }
}
