using System.Diagnostics;
using System.Text.RegularExpressions;

namespace HealthIngestion.Tests;

/// <summary>The man page, which the build makes from the specifications of the commands.</summary>
public sealed class ManPageTests
{
    private static readonly string Page = Path.Combine(Path.GetDirectoryName(HealthIngestionProcess.Path)!, "health_ingestion.1");

    [Fact]
    public void The_build_puts_the_page_beside_the_binary()
    {
        Assert.True(File.Exists(Page), $"{Page} is missing: run ./build.sh --aot");
        Assert.Equal(HealthIngestionProcess.Run("/", "man").Output, File.ReadAllText(Page));
    }

    [Theory]
    [InlineData("groff", "-man", "-Tutf8", "-ww")]
    [InlineData("man", "--warnings=w", "-l")]
    public void A_formatter_has_nothing_to_complain_about(string program, params string[] options)
    {
        Installed.Require(program);
        using Process process = HealthIngestionProcess.Start(program, "/", [("LC_ALL", "C.UTF-8"), ("MANPAGER", "cat")], [.. options, Page]);
        Outcome outcome = HealthIngestionProcess.Finish(process, Stopwatch.StartNew());

        Assert.Empty(outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("EXIT STATUS", Regex.Replace(outcome.Output, ".\b|\x1b\\[[0-9;]*m", ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ingest")]
    [InlineData("push")]
    [InlineData("lexicon ingest")]
    [InlineData("lexicon reprocess")]
    [InlineData("generate")]
    public void The_page_has_every_option_of_a_command(string command)
    {
        string page = HealthIngestionProcess.Run("/", "man").Output.Replace("\\-", "-", StringComparison.Ordinal);
        string section = Regex.Split(page, "(?m)^\\.S[SH] ").Single(s => Regex.IsMatch(s, $"^{command}( |\n)"));
        string[] options = [.. Regex.Matches(HealthIngestionProcess.Run("/", command.Split(' ').Append("--help").ToArray()).Output, """(?m)^  (--\S+)""").Select(m => m.Groups[1].Value)];

        Assert.NotEmpty(options);
        Assert.All(options, o => Assert.Matches($"(?m)^\\.B {o}( |$)", section));
    }
}
