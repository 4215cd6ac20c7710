namespace HealthIngestion.Tests;

/// <summary>Which command the first words of a line name, and what happens to words that name none.</summary>
public sealed class CommandWordTests
{
    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help push", "push --help")]
    [InlineData("help lexicon", "lexicon --help")]
    [InlineData("help lexicon ingest", "lexicon ingest --help")]
    [InlineData("reprocess --help", "lexicon reprocess --help")]
    [InlineData("help validate", "lexicon validate --help")]
    [InlineData("help help", "help --help")]
    [InlineData("version", "--version")]
    public void Two_ways_to_ask_print_the_same(string one, string other)
    {
        Outcome first = HealthIngestionProcess.Run("/", one.Split(' '));

        Assert.Equal(0, first.ExitCode);
        Assert.NotEmpty(first.Output);
        Assert.Equal(HealthIngestionProcess.Run("/", other.Split(' ')).Output, first.Output);
    }

    [Theory]
    [InlineData("pusch", "Unknown command 'pusch'. Did you mean push?")]
    [InlineData("lexikon", "Unknown command 'lexikon'. Did you mean lexicon?")]
    [InlineData("reproces", "Unknown command 'reproces'. Did you mean reprocess?")]
    [InlineData("lexicon ingst", "Unknown command 'lexicon ingst'. Did you mean lexicon ingest?")]
    [InlineData("lexicon nothing", "Unknown command 'lexicon nothing'. The commands of lexicon are ingest, plan, reprocess, validate")]
    [InlineData("lexicon", "lexicon needs a command: ingest, plan, reprocess, validate")]
    [InlineData("help pusch", "Unknown command 'pusch'. Did you mean push?")]
    [InlineData("help lexicon ingst", "Unknown command 'lexicon ingst'. Did you mean lexicon ingest?")]
    [InlineData("help push ingest", "Unknown command 'push ingest'")]
    [InlineData("version 3", "Too many arguments: '3'. Usage: health_ingestion version")]
    public void A_word_that_names_no_command_is_wrong_usage(string line, string expected)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, line.Split(' '));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal($"error: {expected} (see health_ingestion --help)", outcome.OnlyErrorLine);
    }

    [Theory]
    [InlineData("help")]
    [InlineData("version")]
    [InlineData("lexicon")]
    [InlineData("pusch")]
    public void A_folder_that_is_named_like_a_command_is_read_as_a_path(string name)
    {
        using Workplace place = Workplace.WithData(name);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "./" + name, "--quiet", "--to", "ndjson:-");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(Workplace.Rows, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void A_folder_that_is_only_nearly_named_like_a_command_needs_no_prefix()
    {
        using Workplace place = Workplace.WithData("pusch");

        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "pusch", "--quiet").ExitCode);
    }

    [Fact]
    public void A_command_wins_over_a_folder_and_its_error_says_how_to_read_the_folder()
    {
        using Workplace place = Workplace.WithData("version");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "version", "--to", "ndjson:-");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("version is a command; to read the path of that name, use ./version", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void The_help_of_ingest_is_about_health_data_and_points_to_dictionaries_once()
    {
        string help = HealthIngestionProcess.Run("/", "help", "ingest").Output;

        Assert.Single(help.Split('\n'), l => l.Contains("dictionar", StringComparison.OrdinalIgnoreCase) || l.Contains("lexicon", StringComparison.Ordinal));
        Assert.DoesNotContain("--source ", help, StringComparison.Ordinal);
        Assert.DoesNotContain("entries", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_word_that_an_option_takes_is_in_its_description()
    {
        foreach (CommandLine.CommandEntry entry in Commands.AllCommands.Table.Shown)
        {
            foreach (System.CommandLine.Option option in entry.Make().Spec.Groups.SelectMany(g => g.Options))
            {
                IReadOnlyList<string> words = option is CommandLine.IWordValue { ArePrefixes: false } value ? value.Words : [];
                Assert.All(words, w => Assert.Contains(w, option.Description!, StringComparison.Ordinal));
            }
        }
    }
}
