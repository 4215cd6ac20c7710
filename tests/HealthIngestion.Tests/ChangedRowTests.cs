namespace HealthIngestion.Tests;

/// <summary>A stored text that another program damaged is an error that names the database, the user and the day.</summary>
public sealed class ChangedRowTests
{
    [Theory]
    [InlineData("measurements", "[1")]
    [InlineData("measurements", "")]
    [InlineData("measurements", "{\"weight\": 70")]
    [InlineData("metrics", "{\"steps\": {\"count\"")]
    [InlineData("metrics", "steps")]
    public void A_text_that_is_no_JSON_is_named_by_every_command_that_reads_it(string column, string text)
    {
        using Workplace place = Loaded();
        Set(place, column, text);
        string[][] commands =
        [
            ["data"], ["data", "--on-fewer", "keep"], ["show", "--user", "u1", "--json"], ["report", "--out", "r.html"], ["export", "--format", "csv", "--out", "d.csv"],
        ];
        foreach (string[] command in commands)
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. command, "--quiet"]);

            Assert.True(outcome.ExitCode == 1, string.Join(' ', command) + outcome.Error);
            Assert.Equal(
                $"error: health.db was changed by another program: the column {column} of user u1 on 2024-01-01 has no JSON. Delete that row, run again, and load the data of that day once more.",
                outcome.OnlyErrorLine);
        }

        using Database database = Database.Open(place["health.db"]);
        database.Query("DELETE FROM daily_summaries WHERE user_id = 'u1' AND date = '2024-01-01'");
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "data", "--quiet").ExitCode);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("{\"steps\": {\"count\": \"many\"}}")]
    [InlineData("{\"steps\": {\"count\": 1e99}}")]
    [InlineData("[{\"steps\": 5}]")]
    public void Other_JSON_than_that_of_this_program_is_no_fault(string text)
    {
        using Workplace place = Loaded();
        Set(place, "measurements", text);
        Set(place, "metrics", text);

        Outcome shown = HealthIngestionProcess.Run(place.Directory, "show", "--user", "u1", "--json");
        Outcome loaded = HealthIngestionProcess.Run(place.Directory, "data", "--quiet");

        Assert.True((shown.ExitCode, loaded.ExitCode) == (0, 0), shown.Error + loaded.Error);
        Assert.Contains(text, shown.Output, StringComparison.Ordinal);
    }

    private static Workplace Loaded()
    {
        Workplace place = Workplace.WithData();
        File.WriteAllText(place["data/measurements.json"], """[{"user_id":"u1","date_time":"2024-01-01T08:00:00","weight":70}]""");
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--quiet");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return place;
    }

    private static void Set(Workplace place, string column, string text)
    {
        using Database database = Database.Open(place["health.db"]);
        database.Query($"UPDATE daily_summaries SET {column} = '{text}' WHERE user_id = 'u1' AND date = '2024-01-01'");
    }
}
