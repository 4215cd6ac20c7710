namespace HealthIngestion.Tests;

/// <summary>Wrong usage is one line and exit code 2, and nothing is done.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("Unknown option --worker. Did you mean --workers?", "data", "--worker", "3")]
    [InlineData("Unknown option --worker. Did you mean --workers?", "data", "--worker=3")]
    [InlineData("Unknown option --xyzzy", "--xyzzy")]
    [InlineData("Unknown option -w", "-w", "3")]
    [InlineData("Unknown option --partition", "--partition", "3")]
    [InlineData("Unknown option --szie. Did you mean --size?", "generate", "d", "--szie", "1GB")]
    [InlineData("Unknown option --workers: generate does not take it, but ingest, lexicon ingest, lexicon reprocess, lexicon validate, map, check and reduce do", "generate", "d", "--workers", "1")]
    [InlineData("Unknown command 'generat'. Did you mean generate?", "generat", "d")]
    [InlineData("Unknown command 'ingets'. Did you mean ingest?", "ingets")]
    [InlineData("The command comes first: health_ingestion ingest", "--workers", "2", "ingest")]
    [InlineData("--workers needs a value: --workers N", "--workers")]
    [InlineData("--workers needs a value: --workers N", "--workers", "--quiet")]
    [InlineData("--workers is given more than once", "--workers", "1", "--workers", "2")]
    [InlineData("--workers '0' is not a whole number from 1 to 1024", "--workers", "0")]
    [InlineData("--workers '1025' is not a whole number from 1 to 1024", "--workers=1025")]
    [InlineData("--workers 'many' is not a whole number", "--workers", "many")]
    [InlineData("--mode 'orignal' is not optimized or original. Did you mean original?", "--mode", "orignal")]
    [InlineData("--io 'x' is not auto, mmap or pread", "--io", "x")]
    [InlineData("--progress 'bar' is not auto, plain or none", "--progress", "bar")]
    [InlineData("--log-format 'xml' is not text or json", "--log-format", "xml")]
    [InlineData("--log-level 'warn' is not debug, info, warning or error. Did you mean warning?", "--log-level", "warn")]
    [InlineData("--chunk-size '2 parsecs' is not a size such as 4096, 64KiB", "--chunk-size", "2 parsecs")]
    [InlineData("--chunk-size '0' is not a size from 1 to 1GiB", "--chunk-size", "0")]
    [InlineData("--max-record-size '3GB' is not a size from 1 to 1GiB", "--max-record-size", "3GB")]
    [InlineData("--rejects '' is not a file name", "--rejects", "")]
    [InlineData("--dry-run takes no value", "--dry-run=yes")]
    [InlineData("generate needs a directory: health_ingestion generate DIR", "generate")]
    [InlineData("Too many arguments: 'b'. Usage: health_ingestion generate DIR [options]", "generate", "a", "b")]
    [InlineData("--quirks '2' is not a share from 0 to 1", "generate", "a", "--quirks", "2")]
    [InlineData("--to and --stats-json both write to standard output", "--to", "ndjson:-", "--stats-json", "-")]
    [InlineData("--rejects and --stats-json both write to", "--stats-json", "rejects.ndjson")]
    [InlineData("--records: no --to names a target that stores records; use postgres://USER@HOST/DATABASE", "data", "--records", "--to", "sqlite:a.db")]
    [InlineData("Unknown option --records: lexicon ingest does not take it, but ingest and plan do", "lexicon", "ingest", "--records")]
    [InlineData("Unknown command 'lexicon ingets'. Did you mean lexicon ingest?", "lexicon", "ingets", "--source", "kaikki", "--file", "a.jsonl")]
    [InlineData("--out: days.csv has the ending of csv, but the format is parquet. Name days.parquet, or a folder", "export", "--format", "parquet", "--out", "days.csv")]
    [InlineData("status needs DIR", "status")]
    [InlineData("status takes DIR or --work DIR, not both", "status", "a", "--work", "b")]
    [InlineData("completion needs a shell: health_ingestion completion SHELL", "completion")]
    [InlineData("--entries is only for --kind lexicon", "generate", "a", "--entries", "5")]
    [InlineData("--temp-dir '' is not a directory", "--temp-dir", "")]
    [InlineData("twice", "--to", "sqlite:a.db", "--to", "sqlite:./a.db")]
    [InlineData("twice", "--to", "ndjson:-", "--to", "ndjson:-")]
    public void Wrong_usage_is_one_line_and_exit_code_2(string expected, params string[] arguments)
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);

        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("error: ", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains(expected, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.EndsWith("(see health_ingestion --help)", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void An_unknown_target_is_wrong_usage()
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", "days.db");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--to: Unknown target 'days.db'. Did you mean sqlite:days.db?", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    [Fact]
    public void A_hidden_option_is_taken_but_never_suggested()
    {
        using Workplace place = Workplace.WithData();

        Outcome near = HealthIngestionProcess.Run(place.Directory, "data", "--partition", "3");
        Outcome hidden = HealthIngestionProcess.Run(place.Directory, "data", "--partitions", "3", "--dry-run", "--quiet");

        Assert.Equal(2, near.ExitCode);
        Assert.Equal("error: Unknown option --partition (see health_ingestion --help)", near.OnlyErrorLine);
        Assert.Equal(0, hidden.ExitCode);
    }

    [Fact]
    public void A_password_in_a_target_given_twice_is_not_shown()
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "--to", "postgres://u:secret@h/d", "--to", "postgres://u:secret@h/d");

        Assert.Equal(2, outcome.ExitCode);
        Assert.DoesNotContain("secret", outcome.Error, StringComparison.Ordinal);
    }
}
