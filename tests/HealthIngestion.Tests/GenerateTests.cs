using System.Security.Cryptography;
using System.Text.Json;

namespace HealthIngestion.Tests;

/// <summary>The data sets that the binary makes for trials.</summary>
public sealed class GenerateTests
{
    /// <summary>Of all files in name order. Benchmarks compare data sets of years: it changes on purpose alone.</summary>
    private const string SmallSetSha256 = "5cd1ef6088cbb9df73eb461d53302367cc76d9de8c2f31f885d0de3348ca54dc";

    [Fact]
    public void The_same_arguments_make_the_same_bytes_on_every_machine()
    {
        using Workplace place = Workplace.Empty();

        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "generate", "a", "--users", "3", "--days", "20", "--seed", "7", "--quirks", "0.1").ExitCode);

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.GetFiles(place["a"], "*.json").Order(StringComparer.Ordinal))
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        Assert.Equal(SmallSetSha256, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Every_style_holds_the_same_rows()
    {
        using Workplace place = Workplace.Empty();
        string? rows = null;
        foreach (string style in (string[])["pretty", "spaced", "compact", "ndjson"])
        {
            Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "generate", style, "--users", "5", "--days", "40", "--style", style).ExitCode);
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, style, "--strict", "--allow-unknown", "*,measurements.notes", "--quiet", "--to", "ndjson:-");
            Assert.Equal(0, outcome.ExitCode);
            Assert.Equal(rows ??= outcome.Output, outcome.Output);
        }

        Assert.Equal(5 * 40, rows!.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("optimized", "pretty")]
    [InlineData("optimized", "ndjson")]
    [InlineData("original", "compact")]
    public void Odd_and_broken_records_are_all_accounted_for(string mode, string style)
    {
        using Workplace place = Workplace.Empty();
        HealthIngestionProcess.Run(place.Directory, "generate", "odd", "--users", "10", "--days", "30", "--quirks", "0.5", "--style", style);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "odd", "--quiet", "--strict", "--mode", mode, "--chunk-size", "5kB", "--stats-json", "-", "--to", "ndjson:rows.ndjson");

        Assert.Equal(3, outcome.ExitCode);
        JsonElement balance = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("balance");
        Assert.True(balance.GetProperty("ok").GetBoolean());
        long rejected = balance.GetProperty("rejected").GetInt64();
        Assert.InRange(rejected, 100, balance.GetProperty("records").GetInt64() / 2);
        Assert.Equal(rejected, File.ReadLines(place["rejects.ndjson"]).Count());
    }

    [Fact]
    public void Files_of_another_data_set_in_the_folder_are_told()
    {
        using Workplace place = Workplace.Empty();
        HealthIngestionProcess.Run(place.Directory, "generate", "a", "--users", "1", "--days", "1", "--style", "ndjson");

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "generate", "a", "--users", "1", "--days", "1");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(outcome.ErrorLines, l => l.StartsWith("warning: a also holds activities.ndjson and 6 more", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_one_line()
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "generate", "data/users.json/a");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("data/users.json/a", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dictionary_is_made_of_as_many_lines_as_were_asked_for()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "generate", "words", "--kind", "lexicon", "--entries", "700", "--entry-size", "2KB", "--seed", "5", "--quirks", "0.1");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(700, File.ReadLines(place["words/entries.jsonl"]).Count());
    }

    [Theory]
    [InlineData("--users is only for --kind health and the exports of programs", "--kind", "lexicon", "--users", "3")]
    [InlineData("--style is only for --kind health", "--kind", "lexicon", "--style", "compact")]
    [InlineData("--style is only for --kind health", "--kind", "apple", "--style", "compact")]
    [InlineData("--quirks is only for --kind health and --kind lexicon", "--kind", "apple", "--quirks", "0.1")]
    [InlineData("--entries is only for --kind lexicon", "--entries", "3")]
    [InlineData("--entry-size is only for --kind lexicon", "--kind", "health", "--entry-size", "3KB")]
    public void Options_of_the_other_kind_are_refused(string fault, params string[] options)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["generate", "words", .. options]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(fault, outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place["words"]));
    }
}
