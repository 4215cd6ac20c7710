using System.Text.RegularExpressions;

namespace HealthIngestion.Tests.Completion;

/// <summary>The scripts for bash, zsh and fish, each in its own shell: what the shell offers for the end of a line.</summary>
public sealed class CompletionTests
{
    private static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static TheoryData<string, string, string[]> Lines => Cases(
        ("pus", ["push"]),
        ("he", ["help"]),
        ("rep", ["report"]),
        ("lexicon ", ["ingest", "plan", "reprocess", "validate"]),
        ("lexicon re", ["reprocess"]),
        ("help lex", ["lexicon"]),
        ("completion ", ["bash", "fish", "zsh"]),
        ("schema --for ", ["postgres", "sqlite"]),
        ("push --ret", ["--retry-refused"]),
        ("reprocess --cl", ["--clean-batch"]),
        ("lexicon reprocess --cl", ["--clean-batch"]),
        ("lexicon ingest --sou", ["--source"]),
        ("ingest --sour", ["--sources"]),
        ("ingest --parti", []),
        ("ingest --mode ", ["optimized", "original"]),
        ("ingest --mode=or", ["original"]),
        ("export --log-f", ["--log-format"]),
        ("export --log-format j", ["json"]),
        ("lexicon ingest --source x --format js", ["json", "jsonl"]),
        ("generate --kind lexicon tr --sty", ["--style"]),
        ("push --from ", ["postgres://", "sqlite:"]),
        ("lexicon ingest --to nd", ["ndjson:"]),
        ("ingest --to we", ["weaviate://", "weaviates://"]),
        ("ingest exp", ["export"]),
        ("ingest --temp-dir ", ["export"]),
        ("generate ", ["export"]),
        ("ingest --rejects wor", ["words.db"]),
        ("reprocess --to sqlite:wor", ["words.db"]),
        ("ingest --workers ", []));

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_shell_offers_what_can_follow(string shell, string line, string[] expected)
    {
        Installed.Require(shell);
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["export"]);
        File.WriteAllText(place["words.db"], "");

        string[] offered = CompletingShell.Complete(shell, place, "health_ingestion " + line);

        // What a shell puts before or after a word, such as the slash of a folder, is its own taste.
        Assert.Equal(expected, offered.Select(o => Regex.Replace(o, "^(sqlite:|--mode=)(?=.)|(?<!/)/$", "")).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void The_first_word_can_be_every_command_that_help_shows(string shell)
    {
        Installed.Require(shell);
        using Workplace place = Workplace.Empty();
        string[] shown = [.. Regex.Matches(HealthIngestionProcess.Run("/", "help").Output.Split("Commands:")[1].Split("\n\n")[0], """(?m)^  ([a-z]+)""")
            .Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)];

        Assert.Contains("lexicon", shown);
        Assert.DoesNotContain("man", shown);
        Assert.Equal(shown, CompletingShell.Complete(shell, place, "health_ingestion ").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Another_shell_is_wrong_usage()
    {
        Outcome outcome = HealthIngestionProcess.Run("/", "completion", "fishy");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal("error: SHELL 'fishy' is not bash, zsh or fish. Did you mean fish? (see health_ingestion --help)", outcome.OnlyErrorLine);
    }

    private static TheoryData<string, string, string[]> Cases(params (string Line, string[] Expected)[] cases)
    {
        TheoryData<string, string, string[]> all = [];
        foreach (string shell in Shells)
        {
            foreach ((string line, string[] expected) in cases)
            {
                all.Add(shell, line, expected);
            }
        }

        return all;
    }
}
