using System.IO.Compression;

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

    /// <summary>A device has the name of its owner, so that sources get pseudonyms too; --sources names them as the export does.</summary>
    [Theory]
    [InlineData("largest", 50)]
    [InlineData("prefer:Ada’s iPhone", 30)]
    [InlineData("sum", 80)]
    public void A_source_is_preferred_by_its_name_although_it_has_a_pseudonym(string sources, int steps)
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["export.xml"], $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <HealthData locale="en_GB">
             {Steps("Ada’s iPhone", 30)}
             {Steps("Watch", 50)}
            </HealthData>
            """);
        foreach (string[] secret in (string[][])[[], ["--pseudonymize"]])
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("PSEUDONYM_KEY", "a key of many characters")], ["export.xml", "--sources", sources, "--to", "ndjson:-", .. secret]);
            Assert.Equal(0, outcome.ExitCode);
            Assert.Contains($"\"activity_steps\": {steps}.0", outcome.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("prefer:watch,Phone", true)]
    [InlineData("prefer:Watch", false)]
    [InlineData("largest", false)]
    public void A_preferred_source_that_is_none_is_named(string sources, bool isNamed)
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["export.xml"], $"<HealthData locale=\"en_GB\">\n {Steps("Phone", 30)}\n {Steps("Watch", 50)}\n</HealthData>\n");
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "export.xml", "--sources", sources, "--to", "ndjson:-");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(isNamed, outcome.Error.Contains("--sources prefers watch, but no source", StringComparison.Ordinal));
        Assert.DoesNotContain("prefers Watch", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_archive_from_standard_input_is_named_as_one()
    {
        using Workplace place = Workplace.Empty();
        string archive = place["export.zip"];
        using (ZipArchive zip = ZipFile.Open(archive, ZipArchiveMode.Create))
        {
            using StreamWriter member = new(zip.CreateEntry("export.xml").Open());
            member.Write($"<HealthData locale=\"en_GB\">\n {Steps("Phone", 30)}\n</HealthData>\n");
        }

        File.Move(archive, place["download"]);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "download", "--to", "ndjson:-");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("is a zip archive. An archive is read if its name ends with .zip, and not from standard input.", outcome.Error, StringComparison.Ordinal);
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

    private static string Steps(string source, int value) =>
        $"""<Record type="HKQuantityTypeIdentifierStepCount" sourceName="{source}" unit="count" startDate="2024-01-02 08:00:00 +0100" endDate="2024-01-02 08:10:00 +0100" value="{value}"/>""";
}
