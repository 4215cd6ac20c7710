using System.Text.RegularExpressions;
using FastIngest.Dialects;
using FastIngest.Dialects.Contract;
using FastIngest.Samples;

namespace HealthIngestion.Tests;

/// <summary>The golden set of each dialect, through the published binary: the rows are exactly the expected ones, and the balance adds up.</summary>
public sealed partial class DialectTests
{
    public static TheoryData<string> Sets => [.. Directory.EnumerateDirectories(Folder).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Repository.Root, "tests", "data", "dialects");

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_set_gives_the_expected_rows(string set)
    {
        using Workplace place = Workplace.Empty();
        string folder = Path.Combine(Folder, set);
        string expected = File.ReadAllText(Path.Combine(folder, "expected.ndjson"));
        string[] options = [.. Inputs(folder), .. File.ReadAllLines(Path.Combine(folder, "args.txt")).Where(l => l.Length > 0)];
        foreach (string[] engine in (string[][])[[], ["--workers", "1"], ["--workers", "3", "--chunk-size", "100"], ["--memory-limit", "64MiB", "--io", "pread"]])
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. options, .. engine, "--to", "ndjson:-"]);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.Equal(expected, outcome.Output);
            Assert.Contains("balance: ", outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("DOES NOT ADD UP", outcome.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>SQLite has the same metrics, and a second run changes nothing.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void A_set_is_stored_in_SQLite_once(string set)
    {
        using Workplace place = Workplace.Empty();
        string folder = Path.Combine(Folder, set);
        string[] options = [.. Inputs(folder), .. File.ReadAllLines(Path.Combine(folder, "args.txt")).Where(l => l.Length > 0), "--to", "sqlite:a.db"];
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, options).ExitCode);
        Outcome second = HealthIngestionProcess.Run(place.Directory, options);
        Assert.Equal(0, second.ExitCode);
        int rows = File.ReadAllLines(Path.Combine(folder, "expected.ndjson")).Length;
        Assert.Matches($@"sqlite:a\.db\s+{rows}\s+0\s+0\s+{rows}", second.Error);
    }

    [Fact]
    public void Every_format_is_listed_and_documented()
    {
        using Workplace place = Workplace.Empty();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "formats");
        Assert.Equal(0, outcome.ExitCode);
        foreach (Dialect dialect in DialectCatalog.All)
        {
            Assert.Matches($@"(?m)^{Regex.Escape(dialect.Name)} ", outcome.Output);
            Assert.True(dialect is not ExportDialect || File.Exists(Path.Combine(Repository.Root, "docs", "dialects", dialect.Name + ".md")), dialect.Name);
            Assert.True(dialect is not ExportDialect || Directory.Exists(Path.Combine(Folder, dialect.Name)), dialect.Name);
        }
    }

    [Fact]
    public void The_documented_metrics_are_those_of_the_program()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "exports.md"));
        string[] documented = [.. MetricRow().Matches(page[page.IndexOf("| metric |", StringComparison.Ordinal)..]).Select(m => m.Value)];
        Assert.Equal([.. Metrics.All.Select(m => $"| `{m.Name}` | {m.Kind.ToString().ToLowerInvariant()} | {(m.Unit.Length == 0 ? "count" : m.Unit)} | {m.Loinc} |")], documented);
    }

    private static IEnumerable<string> Inputs(string folder) => Directory.EnumerateFileSystemEntries(folder)
        .Where(f => Path.GetFileName(f) is not ("args.txt" or "expected.ndjson" or "README.md")).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"(?m)^\| `[^`]+` \| \w+ \| [^|]+ \| [^|]*\|")]
    private static partial Regex MetricRow();
}
