using System.Text.Json.Nodes;

namespace HealthIngestion.Tests;

/// <summary>Tests of --no-text: all columns are as without it, and a summary has only its first sentence.</summary>
public sealed class NoTextTests
{
    private const string To = "ndjson:o.ndjson";

    private static readonly string Pretty = Path.Combine(Repository.Root, "tests", "data", "health", "pretty");

    public static TheoryData<string> Inputs => [Path.Combine("health", "pretty"), Path.Combine("dialects", "apple-health"), Path.Combine("dialects", "fitbit"), Path.Combine("dialects", "garmin")];

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Only_the_sentences_about_records_are_missing(string input)
    {
        string path = Path.Combine(Repository.Root, "tests", "data", input);
        JsonObject[] full = Read(path);
        JsonObject[] bare = Read(path, "--no-text");

        Assert.NotEmpty(full);
        Assert.Contains(full, row => row["summary"]!.GetValue<string>() != FirstSentence(row));
        foreach (JsonObject row in full)
        {
            row["summary"] = FirstSentence(row);
        }

        Assert.Equal(full.Select(r => r.ToJsonString()), bare.Select(r => r.ToJsonString()));
    }

    [Fact]
    public void The_reference_writes_the_same()
    {
        using Workplace place = Workplace.Empty();
        Ingest(place, Pretty, "--no-text");
        string expected = File.ReadAllText(place["o.ndjson"]);
        Ingest(place, Pretty, "--no-text", "--mode", "original");
        Assert.Equal(expected, File.ReadAllText(place["o.ndjson"]));
    }

    [Fact]
    public void A_planned_run_writes_the_same()
    {
        using Workplace place = Workplace.Empty();
        PlannedRun run = new(place, Pretty);
        PlannedRun.Good(run.Alone("--no-text"));
        PlannedRun.Good(run.Run(2, 2, "--no-text"));
        run.IsSame("--no-text");
    }

    [Fact]
    public void A_later_run_with_text_gives_the_database_of_a_run_with_text()
    {
        using Workplace place = Workplace.Empty();
        HealthIngestionProcess.Run(place.Directory, [Pretty, "--to", "sqlite:a.db", "--quiet"]);
        HealthIngestionProcess.Run(place.Directory, [Pretty, "--to", "sqlite:b.db", "--quiet", "--no-text"]);
        Assert.NotEqual(Database.Dump(place["a.db"]), Database.Dump(place["b.db"]));
        HealthIngestionProcess.Run(place.Directory, [Pretty, "--to", "sqlite:b.db", "--quiet"]);
        Assert.Equal(Database.Dump(place["a.db"]), Database.Dump(place["b.db"]));
        HealthIngestionProcess.Run(place.Directory, [Pretty, "--to", "sqlite:c.db", "--quiet", "--no-text"]);
        HealthIngestionProcess.Run(place.Directory, [Pretty, "--to", "sqlite:b.db", "--quiet", "--no-text"]);
        Assert.Equal(Database.Dump(place["c.db"]), Database.Dump(place["b.db"]));
    }

    private static string FirstSentence(JsonObject row)
    {
        string summary = row["summary"]!.GetValue<string>(), end = $" on {row["date"]!.GetValue<string>()}.";
        return summary[..(summary.IndexOf(end, StringComparison.Ordinal) + end.Length)];
    }

    private static JsonObject[] Read(string path, params string[] options)
    {
        using Workplace place = Workplace.Empty();
        Ingest(place, path, options);
        return [.. File.ReadLines(place["o.ndjson"]).Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    private static void Ingest(Workplace place, string path, params string[] options)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [path, "--to", To, "--quiet", .. options]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
