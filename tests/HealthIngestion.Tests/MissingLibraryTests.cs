namespace HealthIngestion.Tests;

/// <summary>Where OpenSSL is not installed, what needs it says so in one line before anything is read or written, and all else works.</summary>
public sealed class MissingLibraryTests
{
    private static readonly string Sample = Path.Combine(Repository.Root, "tests", "data", "lexicon", "entries.jsonl");

    [Theory]
    [InlineData("Checksums of records", "ingest", "--source", "sample", "--file", "dictionary", "--to", "ndjson:out.ndjson")]
    [InlineData("APIs over TLS", "ingest", "health", "--to", "https://127.0.0.1:1/ingest", "--to", "sqlite:out.db")]
    [InlineData("APIs over TLS", "push", "--from", "sqlite:none.db", "--to", "weaviates://127.0.0.1:1/DailySummary")]
    [InlineData("TLS and passwords of PostgreSQL", "ingest", "health", "--to", "postgres://me@127.0.0.1:1/health")]
    [InlineData("TLS and passwords of PostgreSQL", "ingest", "health", "--to", "postgres://me:secret@/health?host=/nowhere")]
    public void What_needs_it_says_so(string purpose, params string[] arguments)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = RunWithout(place, arguments);

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"error: {purpose} need OpenSSL, and its library (libssl.so.3) was not found. Install it", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    [Theory]
    [InlineData("sslmode=disable")]
    [InlineData("host=/nowhere")]
    public void A_server_that_needs_neither_is_asked(string option)
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = RunWithout(place, "ingest", "health", "--to", $"postgres://me@127.0.0.1:1/health?{option}");

        Assert.Equal(1, outcome.ExitCode);
        Assert.DoesNotContain("OpenSSL", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("the connection failed", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Health_data_go_into_SQLite()
    {
        using Workplace place = Workplace.Empty();

        Outcome outcome = RunWithout(place, "ingest", "health", "--to", "sqlite:out.db");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["out.db"], place.Files());
    }

    private static Outcome RunWithout(Workplace place, params string[] arguments)
    {
        using Workplace libraries = Workplace.Empty();

        // The linker takes the first file of a name; an empty one is no library.
        foreach (string version in (string[])["3", "1.1", "4", "1.0.2", "1.0.0", "10"])
        {
            File.WriteAllText(libraries["libssl.so." + version], "");
        }

        string[] given = [.. arguments.Select(a => a switch
        {
            "health" => Repository.Set("default"),
            "dictionary" => Sample,
            _ => a,
        })];
        return HealthIngestionProcess.Run(place.Directory, [("LD_LIBRARY_PATH", libraries.Directory), ("HOME", place.Directory)], [.. given, "--quiet"]);
    }
}
