using System.Text.RegularExpressions;

namespace HealthIngestion.Tests;

/// <summary>Help, version, and docs/commands.md, which must say the same as the help.</summary>
public sealed partial class HelpTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void The_overview_shows_every_command_and_goes_to_standard_output(string option)
    {
        Outcome help = HealthIngestionProcess.Run("/", option);

        Assert.Equal(0, help.ExitCode);
        Assert.Empty(help.Error);
        foreach (string expected in new[] { "ingest", "push", "show", "report", "lexicon ingest", "generate", "completion", "--to URL", "Examples:", "DATA_DIR", "Exit codes:" })
        {
            Assert.Contains(expected, help.Output, StringComparison.Ordinal);
        }

    }

    [Fact]
    public void Help_fits_a_terminal_of_100_columns()
    {
        foreach (string[] arguments in new[] { ["--help"], ["ingest", "--help"], new[] { "generate", "--help" }, ["schema", "--help"], ["push", "--help"], ["lexicon", "--help"], ["lexicon", "ingest", "--help"], ["completion", "--help"] })
        {
            Outcome help = HealthIngestionProcess.Run("/", arguments);
            Assert.Equal(0, help.ExitCode);
            Assert.All(help.Output.Split('\n'), l => Assert.InRange(l.Length, 0, 100));
        }
    }

    [Fact]
    public void Help_wins_over_everything_else_on_the_line()
    {
        Assert.Equal(HealthIngestionProcess.Run("/", "ingest", "--help").Output, HealthIngestionProcess.Run("/", "some/path", "--nonsense", "--help").Output);
        Assert.Contains("--seed", HealthIngestionProcess.Run("/", "generate", "d", "--help").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_names_commit_runtime_and_vectors()
    {
        Outcome version = HealthIngestionProcess.Run("/", "--version");

        Assert.Equal(0, version.ExitCode);
        Assert.Empty(version.Error);
        Assert.Matches("""^health_ingestion \d+\.\d+\.\d+\S*\ncommit   \S+\nruntime  \.NET .+\nvectors  \S.*\n$""", version.Output);
    }

    [Theory]
    [InlineData("ingest")]
    [InlineData("push")]
    [InlineData("embed")]
    [InlineData("search")]
    [InlineData("export")]
    [InlineData("serve")]
    [InlineData("plan")]
    [InlineData("map")]
    [InlineData("check")]
    [InlineData("reduce")]
    [InlineData("finish")]
    [InlineData("status")]
    [InlineData("forget")]
    [InlineData("show")]
    [InlineData("report")]
    [InlineData("lexicon ingest")]
    [InlineData("lexicon plan")]
    [InlineData("lexicon reprocess")]
    [InlineData("lexicon validate")]
    [InlineData("generate")]
    [InlineData("schema")]
    public void The_documented_options_and_defaults_are_those_of_the_help(string command)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "commands.md"));
        string section = page.Split("\n## ").Single(s => s.StartsWith(command + "\n", StringComparison.Ordinal));
        string help = HealthIngestionProcess.Run("/", [.. command.Split(' '), "--help"]).Output;

        Dictionary<string, string> documented = DocumentedOption().Matches(section).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        Dictionary<string, string> actual = [];
        foreach (Match option in HelpOption().Matches(help))
        {
            string description = Regex.Replace(option.Groups[2].Value, """\s+""", " ").Trim();
            Match given = Regex.Match(description, """\((?:default: (?<value>.*)|(?<value>required))\)$""");
            actual.Add(option.Groups[1].Value, given.Success ? given.Groups["value"].Value : "off");
        }

        Assert.NotEmpty(actual);
        Assert.Equal(actual.OrderBy(o => o.Key, StringComparer.Ordinal), documented.OrderBy(o => o.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_documented_exit_codes_are_those_of_the_help()
    {
        string section = File.ReadAllText(Path.Combine(Repository.Root, "docs", "commands.md")).Split("\n## Exit codes")[1];
        string help = HealthIngestionProcess.Run("/", "--help").Output.Split("Exit codes:")[1];

        IEnumerable<string> documented = Regex.Matches(section, """(?m)^\| (\d+) \|""").Select(m => m.Groups[1].Value);
        IEnumerable<string> actual = Regex.Matches(help, """(?m)^  (\d+)(?:, (\d+))? """).SelectMany(m => m.Groups.Values.Skip(1)).Where(g => g.Success).Select(g => g.Value);

        Assert.NotEmpty(actual);
        Assert.Equal(actual.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    // | `--to URL` | sqlite:health.db | …
    [GeneratedRegex("""(?m)^\| `(--[^`]+)` \| ([^|]+?) \|""")]
    private static partial Regex DocumentedOption();

    // "  --to URL   where the summaries go …" and the lines that its description goes on over
    [GeneratedRegex("""(?m)^  (--\S+(?: [A-Z]+)?) {2,}(.*(?:\n {6,}\S.*)*)""")]
    private static partial Regex HelpOption();
}
