using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>Health data is private, and a command that only reads a database changes nothing in it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PrivateFileTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Group = OwnerOnly | UnixFileMode.GroupRead;

    private static PostgresServer Server => PostgresServer.Shared;

    [Fact]
    public void New_files_are_for_their_owner_only_and_existing_ones_keep_their_mode()
    {
        using Workplace place = Workplace.WithFaultyData();
        string[] arguments = ["data", "--to", "sqlite:a.db", "--to", "ndjson:a.ndjson", "--stats-json", "stats.json", "--quiet"];
        string[] files = ["a.db", "a.ndjson", "rejects.ndjson", "stats.json"];

        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, arguments).ExitCode);
        Assert.All(files, f => Assert.Equal(OwnerOnly, File.GetUnixFileMode(place[f])));

        foreach (string file in files)
        {
            File.SetUnixFileMode(place[file], Group);
        }

        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, arguments).ExitCode);
        Assert.All(files, f => Assert.Equal(Group, File.GetUnixFileMode(place[f])));
    }

    [Theory]
    [InlineData("lexicon", "validate", "--to")]
    [InlineData("lexicon", "reprocess", "--to")]
    [InlineData("push", "--to", "http://127.0.0.1:1/x", "--from")]
    public void A_database_without_the_tables_stays_as_it_is(params string[] command)
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["empty.db"], "");
        using (Database foreign = Database.Create(place["foreign.db"]))
        {
            foreign.Query("CREATE TABLE theirs (x)");
        }

        byte[] before = File.ReadAllBytes(place["foreign.db"]);
        string schema = $"n{Guid.NewGuid():N}";
        foreach (string target in (string[])["sqlite:missing.db", "sqlite:empty.db", "sqlite:foreign.db", Server.Url])
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. command, target, "--schema", schema]);
            Assert.Equal(1, outcome.ExitCode);
            Assert.Matches("does not exist|nothing was changed|did not make", outcome.Error);
        }

        Assert.Equal(["empty.db", "foreign.db"], place.Files());
        Assert.Empty(File.ReadAllBytes(place["empty.db"]));
        Assert.Equal(before, File.ReadAllBytes(place["foreign.db"]));
        Assert.Equal(["0"], Server.Query($"SELECT count(*) FROM pg_namespace WHERE nspname = '{schema}'"));
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""[{"user_id":"u1","date_time":"yesterday","value":1}]""")]
    public void A_run_with_nothing_to_store_makes_no_new_database(string content)
    {
        using Workplace place = Workplace.Empty();
        Directory.CreateDirectory(place["d"]);
        File.WriteAllText(Path.Combine(place["d"], "heart_rate.json"), content);
        string schema = $"e{Guid.NewGuid():N}";

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "ingest", "d", "--to", "sqlite:a.db", "--to", Server.Url, "--schema", schema, "--records");

        Assert.Contains("nothing to store: sqlite:a.db was not created", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("a.db", place.Files());
        Assert.Equal(["0"], Server.Query($"SELECT count(*) FROM pg_namespace WHERE nspname = '{schema}'"));
    }

    [Fact]
    public void A_dictionary_with_nothing_to_store_makes_no_new_database()
    {
        using Workplace place = Workplace.Empty();
        File.WriteAllText(place["d.jsonl"], "no JSON\n");
        string schema = $"e{Guid.NewGuid():N}";

        HealthIngestionProcess.Run(place.Directory, "ingest", "--source", "s", "--file", "d.jsonl", "--to", "sqlite:a.db", "--to", Server.Url, "--schema", schema);

        Assert.DoesNotContain("a.db", place.Files());
        Assert.Equal(["0"], Server.Query($"SELECT count(*) FROM pg_namespace WHERE nspname = '{schema}'"));
    }
}
