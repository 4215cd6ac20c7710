namespace HealthIngestion.Tests;

/// <summary>The options for exports say what is wrong with their values.</summary>
public sealed class ExportOptionTests
{
    [Theory]
    [InlineData("--time-zone", "Europe/Atlantis", "'Europe/Atlantis' is no time zone")]
    [InlineData("--sources", "all", "'all' is none of largest, sum and prefer:NAME,NAME")]
    [InlineData("--sources", "prefer:", "'prefer:' is none of")]
    [InlineData("--user-from", "path", "'path' is not path:N")]
    [InlineData("--user-from", "path:0", "'path:0' is not path:N")]
    [InlineData("--from", "appel", "appel")]
    public void A_wrong_value_is_a_usage_error(string option, string value, string said)
    {
        using Workplace place = Workplace.Empty();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, ".", option, value);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_the_path_is_the_user()
    {
        using Workplace place = Workplace.Empty();
        foreach (string user in (string[])["ada", "ben"])
        {
            Directory.CreateDirectory(place["people/" + user + "/x"]);
            File.WriteAllText(place["people/" + user + "/x/sleep.json"], """[{"date":"2024-01-02","total_sleep":7}]""");
        }

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "people", "--user-from", "path:1", "--to", "ndjson:-");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["ada", "ben"], outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('"')[3]));
        Outcome deep = HealthIngestionProcess.Run(place.Directory, "people", "--user-from", "path:3", "--to", "ndjson:-");
        Assert.Equal(1, deep.ExitCode);
        Assert.Contains("folder 3, which --user-from names, does not exist", deep.Error, StringComparison.Ordinal);
    }
}
