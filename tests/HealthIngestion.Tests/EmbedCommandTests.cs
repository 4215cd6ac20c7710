using System.Globalization;
using System.Text.Json;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary><c>embed</c> over databases and servers that work, and over servers that do not.</summary>
public sealed class EmbedCommandTests
{
    private const string Poison = "Bo on 2024-01-01";

    [Fact]
    public void A_summary_is_embedded_once_and_again_when_its_text_has_changed()
    {
        using Workplace place = Loaded();
        using EmbeddingStandIn server = new();

        Outcome first = Embed(place, server, "--stats-json", "-");
        Outcome second = Embed(place, server);
        Change(place, "UPDATE daily_summaries SET summary = summary || ' Later.' WHERE user_id = 'u2'");
        Outcome third = Embed(place, server);
        Change(place, "DELETE FROM daily_summaries WHERE user_id = 'u2'");
        Outcome fourth = Embed(place, server);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Matches($@"(?m)^embedding server +embedded +unchanged +refused +left\n{server.Url}/v1/embeddings +3 +0 +0 +0$", first.Error);
        Assert.Contains("model: stand-in, vectors of 8 numbers", first.Error, StringComparison.Ordinal);
        JsonElement figures = JsonDocument.Parse(first.Output).RootElement.GetProperty("embeddings")[0];
        Assert.Equal(("stand-in", 8, 3, 0), (figures.GetProperty("model").GetString(), figures.GetProperty("dimensions").GetInt32(), figures.GetProperty("embedded").GetInt32(), figures.GetProperty("left").GetInt32()));
        Assert.Matches($@"(?m)^{server.Url}/v1/embeddings +0 +3 +0 +0$", second.Error);
        Assert.Matches($@"(?m)^{server.Url}/v1/embeddings +1 +2 +0 +0$", third.Error);
        Assert.Matches($@"(?m)^{server.Url}/v1/embeddings +0 +2 +0 +0$", fourth.Error);
        Assert.Equal(2, server.Asks.Count());
        Assert.All(server.Asks, a => Assert.Equal("/v1/embeddings", a.Path));
        AssertStored(place, 2);
    }

    [Fact]
    public void PostgreSQL_has_the_same_vectors_and_counts()
    {
        using Workplace place = Workplace.WithData();
        using EmbeddingStandIn server = new();
        string schema = $"e{Guid.NewGuid():N}";
        string[] at = ["--from", PostgresServer.Shared.Url, "--schema", schema];
        Assert.Equal(0, HealthIngestionProcess.Run(place.Directory, "data", "--quiet", "--to", PostgresServer.Shared.Url, "--schema", schema).ExitCode);

        Outcome first = Embed(place, server, at);
        Outcome second = Embed(place, server, at);
        PostgresServer.Shared.Query($"UPDATE {schema}.daily_summaries SET summary = summary || ' Later.' WHERE user_id = 'u2'");
        PostgresServer.Shared.Query($"DELETE FROM {schema}.daily_summaries WHERE date = '2024-01-02'");
        Outcome third = Embed(place, server, at);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Matches(@"(?m)/v1/embeddings +3 +0 +0 +0$", first.Error);
        Assert.Matches(@"(?m)/v1/embeddings +0 +3 +0 +0$", second.Error);
        Assert.Matches(@"(?m)/v1/embeddings +1 +1 +0 +0$", third.Error);
        Assert.Equal(["2"], PostgresServer.Shared.Query($"SELECT count(*) FROM {schema}.embeddings"));
        foreach (string text in PostgresServer.Shared.Query($"SELECT summary FROM {schema}.daily_summaries"))
        {
            string vector = PostgresServer.Shared.Query($"SELECT array_to_string(vector, ' ') FROM {schema}.embeddings e JOIN {schema}.daily_summaries s USING (user_id, date) WHERE summary = '{text}'").Single();
            Assert.Equal(EmbeddingStandIn.VectorOf(text), vector.Split(' ').Select(n => float.Parse(n, CultureInfo.InvariantCulture)));
        }

        Outcome forgotten = HealthIngestionProcess.Run(place.Directory, "forget", "--user", "u1", "--to", PostgresServer.Shared.Url, "--schema", schema);
        Assert.Matches(@"(?m) +embeddings +1$", forgotten.Error);
        Assert.Equal(["1"], PostgresServer.Shared.Query($"SELECT count(*) FROM {schema}.embeddings"));
        PostgresServer.Shared.Query($"DROP SCHEMA {schema} CASCADE");
    }

    [Theory]
    [InlineData("numbers")]
    [InlineData("reversed")]
    [InlineData("no encoding_format")]
    public void Every_form_of_a_right_response_is_read(string form)
    {
        using Workplace place = Loaded();
        using EmbeddingStandIn server = new((context, ask) => form switch
        {
            "numbers" => EmbeddingStandIn.Write(context, ask, base64: false),
            "reversed" => EmbeddingStandIn.Write(context, ask, reversed: true),
            _ => ask.IsBase64 ? ApiServer.Write(context, 422, """{"error": "unknown field encoding_format"}""") : EmbeddingStandIn.Write(context, ask),
        });

        Outcome outcome = Embed(place, server);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        AssertStored(place, 3);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(413)]
    [InlineData(400)]
    [InlineData(500)]
    [InlineData(0)]
    [InlineData(1)]
    public void A_server_that_is_busy_or_takes_only_small_batches_or_resets_gets_everything_in_the_end(int status)
    {
        using Workplace place = Loaded();
        int requests = 0;
        using EmbeddingStandIn server = new(async (context, ask) =>
        {
            bool isFirst = Interlocked.Increment(ref requests) == 2;
            switch (status)
            {
                case 0 when isFirst:
                    context.Abort();
                    break;
                case 1 when isFirst:
                    // The response ends in its middle.
                    context.Response.ContentLength = 1000;
                    await context.Response.Body.WriteAsync("{\"data\": ["u8.ToArray());
                    await context.Response.Body.FlushAsync();
                    context.Abort();
                    break;
                case 429 or 503 when isFirst:
                    context.Response.Headers.RetryAfter = "1";
                    await ApiServer.Write(context, status, "");
                    break;
                case 413 or 400 or 500 when ask.Texts.Length > 1:
                    await ApiServer.Write(context, status, """{"error": "batch size 3 > maximum allowed batch size 1"}""");
                    break;
                default:
                    await EmbeddingStandIn.Write(context, ask);
                    break;
            }
        });

        Outcome outcome = Embed(place, server);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        AssertStored(place, 3);
    }

    [Fact]
    public void A_text_that_the_server_rejects_is_named_and_does_not_stop_the_others()
    {
        using Workplace place = Loaded();
        using EmbeddingStandIn server = new((context, ask) => ask.Texts.Any(t => t.Contains(Poison, StringComparison.Ordinal))
            ? ApiServer.Write(context, 413, """{"error": "inputs must have less than 512 tokens", "error_type": "Validation"}""")
            : EmbeddingStandIn.Write(context, ask));

        Outcome first = Embed(place, server);
        int requests = server.Asks.Count();
        Outcome second = Embed(place, server);
        int later = server.Asks.Count();
        Outcome third = Embed(place, server, "--retry-refused");

        Assert.Equal((4, 0, 4), (first.ExitCode, second.ExitCode, third.ExitCode));
        Assert.Matches(@"(?m)/v1/embeddings +2 +0 +1 +0$", first.Error);
        Assert.Contains("refused: u2 2024-01-01: 413 ", first.Error, StringComparison.Ordinal);
        Assert.Contains("inputs must have less than 512 tokens", first.Error, StringComparison.Ordinal);
        Assert.Equal(requests, later);
        Assert.Equal(requests + 1, server.Asks.Count());
        AssertStored(place, 2);
    }

    [Theory]
    [InlineData("""{"index": INDEX, "embedding": [0.1, null, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]}""", "something that is not a number")]
    [InlineData("""{"index": INDEX, "embedding": [0.1, 1e999, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]}""", "not finite")]
    [InlineData("""{"index": INDEX, "embedding": "AADAfwAAwH8AAMB/AADAfwAAwH8AAMB/AADAfwAAwH8="}""", "not finite")]
    [InlineData("""{"index": INDEX, "embedding": [NaN, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]}""", "no complete JSON object")]
    [InlineData("""{"index": INDEX, "embedding": [0, 0, 0, 0, 0, 0, 0, 0]}""", "a vector of zeros")]
    [InlineData("""{"index": INDEX, "embedding": "AAA"}""", "not base64 of float32")]
    [InlineData("""{"index": INDEX, "embedding": []}""", "does not have 1 to 16384 numbers")]
    [InlineData("""{"index": INDEX}""", "an item without a vector")]
    [InlineData("""{"embedding": [0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]}""", "a vector without an index")]
    [InlineData("""{"index": 99, "embedding": [0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]}""", "a vector without an index")]
    [InlineData("""{"index": 0, "embedding": [0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]}, {"index": 0, "embedding": [0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1]}""", "two vectors with the index 0")]
    [InlineData("", "0 vectors for 1 texts")]
    public void A_vector_that_cannot_be_used_is_not_stored_and_the_others_are(string item, string reason)
    {
        using Workplace place = Loaded();
        using EmbeddingStandIn server = new((context, ask) => EmbeddingStandIn.Write(context, ask, item: t => t.Contains(Poison, StringComparison.Ordinal) ? item : null));

        Outcome outcome = Embed(place, server);

        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("refused: u2 2024-01-01: 200 with ", outcome.Error, StringComparison.Ordinal);
        AssertStored(place, 2);
    }

    [Theory]
    [InlineData("other", 8)]
    [InlineData(EmbeddingStandIn.Model, 9)]
    public void A_server_that_changes_its_model_in_the_middle_ends_the_run_and_nothing_is_mixed(string model, int dimensions)
    {
        using Workplace place = Loaded();
        int requests = 0;
        using EmbeddingStandIn server = new((context, ask) => Interlocked.Increment(ref requests) <= 2
            ? EmbeddingStandIn.Write(context, ask)
            : EmbeddingStandIn.Write(context, ask, model: model, dimensions: dimensions));

        Outcome outcome = Embed(place, server, "--batch", "1", "--concurrency", "1");

        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("the server has changed its model", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("2 summaries could not be embedded and stay stored", outcome.Error, StringComparison.Ordinal);
        AssertStored(place, 1);
    }

    [Fact]
    public void A_model_that_has_changed_since_the_last_run_is_an_error_until_the_user_decides()
    {
        using Workplace place = Loaded();
        int dimensions = 8;
        using EmbeddingStandIn server = new((context, ask) => EmbeddingStandIn.Write(context, ask, dimensions: dimensions));
        Embed(place, server);
        dimensions = 12;

        Outcome refused = Embed(place, server);
        AssertStored(place, 3);
        Outcome beside = Embed(place, server, "--model", "second");
        Outcome replaced = Embed(place, server, "--replace-model");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("sqlite:health.db holds vectors of stand-in with 8 numbers under the name stand-in, but the server now has stand-in with 12 numbers", refused.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal((0, 0), (beside.ExitCode, replaced.ExitCode));
        using Database database = Database.Open(place["health.db"]);
        Assert.Equal([("second", 48L, 3L), ("stand-in", 48L, 3L)], database.Query("SELECT model, length(vector), count(*) FROM embeddings GROUP BY 1, 2 ORDER BY 1").Select(r => ((string)r[0]!, (long)r[1]!, (long)r[2]!)));
        Assert.Equal([("second", 12L), ("stand-in", 12L)], database.Query("SELECT model, dimensions FROM embedding_models ORDER BY 1").Select(r => ((string)r[0]!, (long)r[1]!)));
    }

    [Fact]
    public void The_token_goes_to_its_server_alone()
    {
        using Workplace place = Loaded();
        using EmbeddingStandIn server = new();

        Run([("API_TOKEN", "for-the-api")], "--api", server.Url);
        Run([("EMBEDDING_TOKEN", "t1")], "--api", server.Url);
        Run([("EMBEDDING_TOKEN", "t2"), ("EMBEDDING_URL", server.Url)]);
        Run([("EMBEDDING_TOKEN", "t3"), ("EMBEDDING_URL", "http://elsewhere.example")], "--api", server.Url);
        Run([($"API_TOKEN_LOCALHOST_{server.Port}", "t4")], "--api", server.Url);

        Assert.Equal([null, "Bearer t1", "Bearer t2", null, "Bearer t4"], server.Requests.Where(r => r.Body.Contains("[\"health\"]", StringComparison.Ordinal)).Select(r => r.Authorization));

        void Run((string, string)[] environment, params string[] arguments)
        {
            Outcome outcome = HealthIngestionProcess.Run(place.Directory, environment, ["embed", .. arguments]);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
            Assert.DoesNotContain("t1", outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Batches_keep_to_the_limits_and_requests_name_the_model_and_the_dimensions()
    {
        using Workplace place = Loaded();
        using EmbeddingStandIn server = new((context, ask) => EmbeddingStandIn.Write(context, ask, dimensions: ask.Dimensions ?? 8));

        Outcome byCount = Embed(place, server, "--batch", "2", "--concurrency", "1", "--model", "a", "--dimensions", "4");
        int[] counts = [.. server.Asks.Select(a => a.Texts.Length)];
        Outcome byTokens = Embed(place, server, "--batch-tokens", "60", "--concurrency", "1", "--model", "b");
        int[] later = [.. server.Asks.Skip(counts.Length).Select(a => a.Texts.Length)];

        Assert.Equal((0, 0), (byCount.ExitCode, byTokens.ExitCode));
        Assert.Equal([2, 1], counts);
        Assert.Equal([2, 1], later);
        Assert.All(server.Asks.Take(2), a => Assert.Equal(("a", 4), (a.Model, a.Dimensions)));
        Assert.All(server.Asks.Skip(2), a => Assert.Equal(("b", null), (a.Model, a.Dimensions)));
    }

    [Fact]
    public void A_run_embeds_after_it_has_stored()
    {
        using Workplace place = Workplace.WithData();
        using EmbeddingStandIn server = new();
        using ApiServer api = ApiServer.Start();

        Outcome both = HealthIngestionProcess.Run(place.Directory, "data", "--to", api.Url, "--embed", server.Url, "--embed-model", "m", "--stats-json", "-");
        Outcome dry = HealthIngestionProcess.Run(place.Directory, "data", "--dry-run", "--embed", server.Url);
        Outcome nowhere = HealthIngestionProcess.Run(place.Directory, "data", "--to", "ndjson:a.ndjson", "--embed", server.Url);

        Assert.True(both.ExitCode == 0, both.Error);
        Assert.Matches($@"(?m)^{server.Url}/v1/embeddings +3 +0 +0 +0$", both.Error);
        Assert.Matches($@"(?m)^{api.Url} +3 +0 +0 +0$", both.Error);
        JsonElement stats = JsonDocument.Parse(both.Output).RootElement;
        Assert.Equal((3, 3), (stats.GetProperty("deliveries")[0].GetProperty("delivered").GetInt32(), stats.GetProperty("embeddings")[0].GetProperty("embedded").GetInt32()));
        Assert.Equal("m", Assert.Single(server.Asks).Model);
        Assert.Equal(0, dry.ExitCode);
        Assert.Equal(2, nowhere.ExitCode);
        Assert.Contains("--embed needs a database", nowhere.OnlyErrorLine, StringComparison.Ordinal);
        AssertStored(place, 3);
    }

    [Fact]
    public void Forget_removes_the_vectors_of_a_person_and_leaves_the_others()
    {
        using Workplace place = Loaded();
        using EmbeddingStandIn server = new();
        Embed(place, server);

        Outcome forgotten = HealthIngestionProcess.Run(place.Directory, "forget", "--user", "u1");

        Assert.Matches(@"(?m)^sqlite:health\.db +embeddings +2$", forgotten.Error);
        AssertStored(place, 1);
    }

    [Fact]
    public void A_server_that_answers_nothing_is_reported_with_what_is_left()
    {
        using Workplace place = Loaded();
        using EmbeddingStandIn server = new((context, _) => ApiServer.Write(context, 401, """{"error": {"message": "Incorrect API key provided", "type": "invalid_request_error"}}"""));

        Outcome outcome = Embed(place, server);
        Outcome page = HealthIngestionProcess.Run(place.Directory, "embed", "--api", server.Url + "/elsewhere");

        Assert.Equal((4, 4), (outcome.ExitCode, page.ExitCode));
        Assert.Contains($"3 summaries could not be embedded and stay stored; health_ingestion embed embeds them. {server.Url}/v1/embeddings: 401 Unauthorized", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains("Incorrect API key provided", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "embed needs an embedding server", "embed")]
    [InlineData(2, "The URL of the embedding server is invalid", "embed", "--api", "localhost:80")]
    [InlineData(2, "--batch", "embed", "--api", "http://localhost:1", "--batch", "0")]
    public void Wrong_use_is_one_line(int exitCode, string expected, params string[] arguments)
    {
        using Workplace place = Workplace.Empty();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. arguments, "--quiet"]);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(expected, outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_is_not_there_is_one_line()
    {
        using Workplace place = Workplace.Empty();
        using EmbeddingStandIn server = new();
        Outcome outcome = Embed(place, server, "--quiet");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("health.db does not exist", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Empty(place.Files());
    }

    private static Workplace Loaded()
    {
        Workplace place = Workplace.WithData();
        Outcome loaded = HealthIngestionProcess.Run(place.Directory, "data", "--quiet");
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        return place;
    }

    private static Outcome Embed(Workplace place, EmbeddingStandIn server, params string[] arguments) =>
        HealthIngestionProcess.Run(place.Directory, ["embed", "--api", server.Url, .. arguments]);

    private static void Change(Workplace place, string sql)
    {
        using Database database = Database.Open(place["health.db"]);
        database.Query(sql);
    }

    /// <summary>Every stored vector is the one of the current text, and none is of a summary that is gone.</summary>
    private static void AssertStored(Workplace place, int vectors)
    {
        using Database database = Database.Open(place["health.db"]);
        List<object?[]> rows = database.Query("SELECT s.summary, hex(e.vector) FROM embeddings e LEFT JOIN daily_summaries s USING (user_id, date) WHERE e.text_md5 IS NOT NULL");
        Assert.Equal(vectors, rows.Count);
        Assert.All(rows, r => Assert.Equal(Convert.ToHexString(EmbeddingStandIn.BytesOf((string)r[0]!)), (string)r[1]!));
    }
}
