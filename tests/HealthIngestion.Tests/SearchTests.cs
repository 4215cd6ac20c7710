using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary><c>search</c> finds what a plain loop over all vectors finds, whatever has happened to the database before.</summary>
[SupportedOSPlatform("linux")]
public sealed class SearchTests(GeneratedData data)
{
    private const string Text = "slept badly after running";

    /// <summary>A day with its score, best first.</summary>
    private sealed record Found(string User, string Date, double Score);

    [Theory]
    [InlineData("sqlite", 1)]
    [InlineData("sqlite", 33)]
    [InlineData("sqlite", 384)]
    [InlineData("postgres", 33)]
    public void The_nearest_days_are_those_of_a_plain_loop_over_all_vectors(string kind, int dimensions)
    {
        using Workplace place = Workplace.Empty();
        using EmbeddingStandIn server = new((context, ask) => EmbeddingStandIn.Write(context, ask, dimensions: dimensions));
        string schema = $"q{Guid.NewGuid():N}";
        string[] from = ["--from", kind == "postgres" ? PostgresServer.Shared.Url : "sqlite:a.db", "--schema", schema];
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, data.Medium, "--quiet", "--to", from[1], "--schema", schema, "--to", "ndjson:a.ndjson", "--embed", server.Url).ExitCode);
        JsonElement[] days = [.. File.ReadLines(place["a.ndjson"]).Select(l => JsonDocument.Parse(l).RootElement)];
        string user = days[0].GetProperty("user_id").GetString()!, since = days[2].GetProperty("date").GetString()!;

        Check([], d => true, 10);
        Check(["--limit", "3"], d => true, 3);
        Check(["--user", user, "--limit", "10000"], d => d.GetProperty("user_id").GetString() == user, 10_000);
        Check(["--since", since, "--until", since], d => d.GetProperty("date").GetString() == since, 10);
        if (kind == "postgres")
        {
            PostgresServer.Shared.Query($"DROP SCHEMA {schema} CASCADE");
        }

        void Check(string[] options, Func<JsonElement, bool> isTaken, int limit)
        {
            float[] query = EmbeddingStandIn.VectorOf(Text, dimensions);
            Found[] expected = [.. days.Where(isTaken)
                .Select(d => new Found(d.GetProperty("user_id").GetString()!, d.GetProperty("date").GetString()!, Cosine(query, EmbeddingStandIn.VectorOf(d.GetProperty("summary").GetString()!, dimensions))))
                .OrderByDescending(d => d.Score).ThenBy(d => d.User, StringComparer.Ordinal).ThenBy(d => d.Date, StringComparer.Ordinal).Take(limit)];
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["search", Text, "--api", server.Url, "--json", .. from, .. options]);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, Read(outcome));
        }
    }

    [Fact]
    public void Days_with_the_same_score_come_in_the_order_of_users_and_days()
    {
        using Workplace place = Embedded(out EmbeddingStandIn server, item: """{"index": INDEX, "embedding": [1, 2, 3]}""");
        using (server)
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, "search", Text, "--api", server.Url);

            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.Equal(["1.0000  u1  2024-01-01  Ada on 2024-01-01.", "1.0000  u1  2024-01-02  Ada on 2024-01-02.", "1.0000  u2  2024-01-01  Bo on 2024-01-01."], outcome.Output.TrimEnd().Split('\n').Select(l => l[..(l.IndexOf('.', 10) + 1)]));
        }
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public void The_copy_beside_the_database_is_private_and_is_used_only_while_nothing_has_changed(string journal)
    {
        using Workplace place = Embedded(out EmbeddingStandIn server);
        using (server)
        {
            Execute(place, $"PRAGMA journal_mode = {journal}");
            Outcome first = Search(place, server);
            string copy = Assert.Single(place.Files(), f => f.EndsWith(".vectors", StringComparison.Ordinal));
            DateTime made = File.GetLastWriteTimeUtc(place[copy]);
            Outcome second = Search(place, server);
            DateTime kept = File.GetLastWriteTimeUtc(place[copy]);

            Assert.Equal((3, 3), (Read(first).Length, Read(second).Length));
            Assert.Equal(made, kept);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place[copy]));
            Assert.Equal("", first.Error);

            // A changed summary has no current vector, and one that is gone has none at all.
            Execute(place, "UPDATE daily_summaries SET summary = summary || '!' WHERE user_id = 'u2'");
            Assert.Equal(["u1 2024-01-01", "u1 2024-01-02"], Read(Search(place, server)).Select(f => $"{f.User} {f.Date}").Order());
            Execute(place, "DELETE FROM daily_summaries WHERE date = '2024-01-02'");
            Assert.Equal(["u1 2024-01-01"], Read(Search(place, server)).Select(f => $"{f.User} {f.Date}"));
            Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "embed", "--api", server.Url, "--quiet").ExitCode);
            Assert.Equal(["u1 2024-01-01", "u2 2024-01-01"], Read(Search(place, server)).Select(f => $"{f.User} {f.Date}").Order());
        }
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("longer")]
    [InlineData("foreign")]
    [InlineData("folder")]
    public void A_copy_that_cannot_be_used_changes_nothing(string damage)
    {
        using Workplace place = Embedded(out EmbeddingStandIn server);
        using (server)
        {
            Found[] expected = Read(Search(place, server));
            string copy = place[Assert.Single(place.Files(), f => f.EndsWith(".vectors", StringComparison.Ordinal))];
            byte[] bytes = File.ReadAllBytes(copy);
            File.Delete(copy);
            if (damage == "folder")
            {
                Directory.CreateDirectory(copy);
            }
            else
            {
                File.WriteAllBytes(copy, damage switch { "cut" => bytes[..^1], "longer" => [.. bytes, 0], _ => [.. bytes.Select(b => (byte)~b)] });
            }

            Outcome outcome = Search(place, server);

            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.Equal(expected, Read(outcome));
        }
    }

    [Fact]
    public void Forget_removes_the_copy_and_the_person_from_the_results()
    {
        using Workplace place = Embedded(out EmbeddingStandIn server);
        using (server)
        {
            Search(place, server);
            Outcome forgotten = HealthIngestionProcess.Run(place.Directory, "forget", "--user", "u1");

            Assert.True(forgotten.ExitCode == 0, forgotten.Error);
            Assert.Equal(["health.db"], place.Files());
            Assert.Equal(["u2"], Read(Search(place, server)).Select(f => f.User));
        }
    }

    [Fact]
    public void A_vector_from_a_file_needs_no_server()
    {
        using Workplace place = Embedded(out EmbeddingStandIn server);
        using (server)
        {
            File.WriteAllText(place["v.json"], $"[{string.Join(", ", EmbeddingStandIn.VectorOf(Text).Select(f => f.ToString("R", CultureInfo.InvariantCulture)))}]");
            File.WriteAllText(place["short.json"], "[1, 2]");
            File.WriteAllText(place["zero.json"], "[0, 0, 0, 0, 0, 0, 0, 0]");
            File.WriteAllText(place["text.json"], "hello");
            Found[] expected = Read(Search(place, server));
            int requests = server.Requests.Count();

            Outcome found = HealthIngestionProcess.Run(place.Directory, "search", "--vector", "v.json", "--json");

            Assert.Equal(expected, Read(found));
            Assert.Equal(requests, server.Requests.Count());
            Says(1, "The vector has 2 numbers, but those of stand-in have 8.", "--vector", "short.json");
            Says(1, "The vector is zero", "--vector", "zero.json");
            Says(2, "the file is not a JSON array of numbers", "--vector", "text.json");
            Says(2, "nothere.json", "--vector", "nothere.json");
        }

        void Says(int exitCode, string expected, params string[] arguments)
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, ["search", .. arguments]);
            Assert.Equal(exitCode, outcome.ExitCode);
            Assert.Contains(expected, outcome.OnlyErrorLine, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Vectors_that_are_missing_or_of_another_model_are_one_line()
    {
        using Workplace place = Workplace.WithData();
        HealthIngestionProcess.Run(place.Directory, "data", "--quiet");
        int dimensions = 8;
        using EmbeddingStandIn server = new((context, ask) => EmbeddingStandIn.Write(context, ask, dimensions: dimensions));

        Says(1, "sqlite:health.db holds no vectors of its summaries. Make them with health_ingestion embed --api URL.", "search", Text, "--api", server.Url);
        HealthIngestionProcess.Run(place.Directory, "embed", "--api", server.Url, "--quiet");
        Says(1, "holds no vectors of the model other, but of stand-in", "search", Text, "--api", server.Url, "--model", "other");
        Says(2, "search needs a TEXT", "search", "--api", server.Url);
        Says(2, "search needs the embedding server of the vectors", "search", Text);
        Says(2, "not both", "search", Text, "--vector", "v.json");
        dimensions = 9;
        Says(1, "has the model stand-in with 9 numbers, but the stored vectors are of stand-in with 8", "search", Text, "--api", server.Url);
        HealthIngestionProcess.Run(place.Directory, "embed", "--api", server.Url, "--model", "second", "--quiet");
        Says(1, "holds vectors of several models: second, stand-in. Name one of them with --model.", "search", Text, "--api", server.Url);
        Says(1, "nothere.db does not exist", "search", Text, "--api", server.Url, "--from", "sqlite:nothere.db");
        Says(1, "has no user nobody", "search", Text, "--api", server.Url, "--model", "second", "--user", "nobody");
        Outcome nothing = HealthIngestionProcess.Run(place.Directory, "search", Text, "--api", server.Url, "--model", "second", "--since", "2090-01-01");
        Assert.Equal((0, ""), (nothing.ExitCode, nothing.Output));
        Assert.Contains("no day of the selection has a vector", nothing.Error, StringComparison.Ordinal);

        void Says(int exitCode, string expected, params string[] arguments)
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, arguments);
            Assert.Equal(exitCode, outcome.ExitCode);
            Assert.Contains(expected, outcome.OnlyErrorLine, StringComparison.Ordinal);
        }
    }

    private static Workplace Embedded(out EmbeddingStandIn server, string? item = null)
    {
        Workplace place = Workplace.WithData();
        server = new EmbeddingStandIn((context, ask) => EmbeddingStandIn.Write(context, ask, item: _ => item));
        Outcome loaded = HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--embed", server.Url);
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        return place;
    }

    private static Outcome Search(Workplace place, EmbeddingStandIn server) => HealthIngestionProcess.Run(place.Directory, "search", Text, "--api", server.Url, "--json");

    private static Found[] Read(Outcome outcome) => [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)
        .Select(j => new Found(j.GetProperty("user_id").GetString()!, j.GetProperty("date").GetString()!, j.GetProperty("score").GetDouble()))];

    private static double Cosine(float[] a, float[] b)
    {
        double product = 0, squaresOfA = 0, squaresOfB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            squaresOfA += (double)a[i] * a[i];
            squaresOfB += (double)b[i] * b[i];
        }

        return product / Math.Sqrt(squaresOfA * squaresOfB);
    }

    private static void Execute(Workplace place, string sql)
    {
        using Database database = Database.Open(place["health.db"]);
        database.Query(sql);
    }
}
