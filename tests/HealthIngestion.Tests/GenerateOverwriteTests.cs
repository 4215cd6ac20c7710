namespace HealthIngestion.Tests;

/// <summary><c>generate</c> overwrites only what it made itself.</summary>
public sealed class GenerateOverwriteTests
{
    private static readonly string[] Small = ["--users", "1", "--days", "2", "--quiet"];

    [Theory]
    [InlineData("users.json", "[{\"user_id\":\"mine\"}]")]
    [InlineData("measurements.json", "")]
    [InlineData("heart_rate.json", "[]")]
    public void A_file_of_the_user_stops_the_command_and_nothing_changes(string name, string content)
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["d"]);
        File.WriteAllText(place["d/" + name], content);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["generate", "d", .. Small]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal($"error: d/{name} exists, and generate did not make it; nothing was changed. Choose another directory, or overwrite the file with --force.", outcome.OnlyErrorLine);
        Assert.Equal([place["d/" + name]], Directory.GetFiles(place["d"]));
        Assert.Equal(content, File.ReadAllText(place["d/" + name]));
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ["generate", "d", "--force", .. Small]).ExitCode);
        Assert.NotEqual(content, File.ReadAllText(place["d/" + name]));
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ["generate", "d", "--seed", "7", .. Small]).ExitCode);
    }

    [Fact]
    public void Its_own_files_are_overwritten_unless_the_user_changed_them()
    {
        using Workplace place = Workplace.Empty();
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ["generate", "d", .. Small]).ExitCode);
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, ["generate", "d", "--seed", "3", .. Small]).ExitCode);
        File.AppendAllText(place["d/sleep.json"], "\n");
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["generate", "d", .. Small]);
        Assert.Contains("d/sleep.json exists", outcome.OnlyErrorLine, StringComparison.Ordinal);

        Outcome words = HealthIngestionProcess.Run(place.Directory, "generate", "w", "--kind", "lexicon", "--entries", "10", "--quiet");
        Assert.Equal(0, words.ExitCode);
        File.WriteAllText(place["w/entries.jsonl"], "mine");
        Assert.Equal(1, HealthIngestionProcess.Run(place.Directory, "generate", "w", "--kind", "lexicon", "--entries", "10", "--quiet").ExitCode);
        Assert.Equal("mine", File.ReadAllText(place["w/entries.jsonl"]));
    }

    [Fact]
    public void The_list_of_its_files_is_no_input()
    {
        using Workplace place = Workplace.Empty();
        HealthIngestionProcess.Run(place.Directory, ["generate", "d", .. Small]);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "d", "--to", "sqlite:a.db", "--strict", "--allow-unknown", "*,measurements.notes");
        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("not read", outcome.Error, StringComparison.Ordinal);
    }
}
