namespace HealthIngestion.Tests;

/// <summary>What a run does with the rejects file that an earlier run left.</summary>
public sealed class StaleRejectsTests
{
    [Fact]
    public void A_rejects_file_is_replaced_and_removed_when_nothing_is_rejected()
    {
        using Workplace place = Workplace.WithFaultyData("bad");
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "bad", "--quiet").ExitCode);
        Assert.Equal(Workplace.Rejected, File.ReadLines(place["rejects.ndjson"]).Count());
        File.AppendAllText(place["rejects.ndjson"], "old\n");
        HealthIngestionProcess.Run(place.Directory, "bad", "--quiet");
        Assert.Equal(Workplace.Rejected, File.ReadLines(place["rejects.ndjson"]).Count());

        Repair(place);
        Assert.Equal("", HealthIngestionProcess.Run(place.Directory, "bad", "--quiet").Error);
        Assert.Equal(["health.db"], place.Files());
    }

    [Theory]
    [InlineData("my notes\n", "is not a rejects file and stays as it is")]
    [InlineData("{\"file\":\"of another program\"}\n", "is not a rejects file and stays as it is")]
    [InlineData("", null)]
    public void Another_file_of_that_name_stays(string content, string? warning)
    {
        using Workplace place = Workplace.WithData();
        File.WriteAllText(place["r"], content);
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--rejects", "r", "--to", "sqlite:a.db");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(content, File.ReadAllText(place["r"]));
        Assert.Equal(warning is not null, outcome.Error.Contains("is not a rejects file", StringComparison.Ordinal));
        Assert.True(warning is null || outcome.Error.Contains("warning: r " + warning, StringComparison.Ordinal), outcome.Error);
    }

    [Fact]
    public void A_dictionary_removes_the_rejects_file_of_an_earlier_run()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["words"], "{\"word\": \"a\", \"lang_code\": \"en\", \"pos\": \"noun\", \"senses\": [{\"glosses\": [\"A letter of the alphabet.\"]}]}\nnonsense\n");
        string[] load = ["lexicon", "ingest", "--source", "s", "--file", "words", "--to", "ndjson:out", "--quiet"];
        HealthIngestionProcess.Run(place.Directory, load);
        Assert.True(place.Has("rejects.ndjson"));
        File.WriteAllText(place["words"], File.ReadLines(place["words"]).First() + "\n");
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, load).ExitCode);
        Assert.False(place.Has("rejects.ndjson"));
    }

    private static void Repair(Workplace place) =>
        File.WriteAllText(place["bad/heart_rate.ndjson"], """{"user_id":"u1","date_time":"2024-01-01T08:00:00","value":61}""");
}
