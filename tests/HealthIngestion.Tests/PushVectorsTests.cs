using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Storage.Postgres;
using FastIngest.Tests.Storage.Weaviate;

namespace HealthIngestion.Tests;

/// <summary><c>push --vectors</c>, and <c>ingest --embed</c> to Weaviate: what the server then has.</summary>
public sealed class PushVectorsTests : IAsyncDisposable
{
    private const string Class = "DailySummary";

    private readonly Workplace _place = Workplace.WithData();
    private readonly WeaviateServer _server = new();
    private readonly string _schema = $"v{Guid.NewGuid():N}";

    public static TheoryData<string> Kinds => ["sqlite", "postgres"];

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _place.Dispose();
        Assert.Empty(_server.Findings);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_object_has_the_vector_of_its_current_text(string kind)
    {
        using EmbeddingStandIn embedder = new();
        Load(kind);
        Assert.Equal(0, Embed(kind, embedder).ExitCode);

        Outcome first = Push(kind, "--vectors", "--stats-json", "-");
        Outcome second = Push(kind, "--vectors");
        Outcome plain = Push(kind);

        Assert.True(first.ExitCode == 0, first.Error);
        AssertCounts(first, 3, 0);
        Assert.Contains($"vectors: of stand-in, 8 numbers each, to {_server.Url}", first.Error, StringComparison.Ordinal);
        JsonElement figures = JsonDocument.Parse(first.Output).RootElement.GetProperty("deliveries")[0];
        Assert.Equal(("stand-in", 8, 0), (figures.GetProperty("vectors_of").GetString(), figures.GetProperty("dimensions").GetInt32(), figures.GetProperty("without_vector").GetInt32()));
        AssertCounts(second, 0, 3);
        AssertCounts(plain, 0, 3);
        AssertObjects(3);
        Assert.Contains("\"vectorizer\":\"none\"", _server.Classes[Class], StringComparison.Ordinal);
        Drop(kind);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_day_without_a_current_vector_is_named_and_not_sent_until_it_is_embedded(string kind)
    {
        using EmbeddingStandIn embedder = new();
        Load(kind);
        Embed(kind, embedder);
        Push(kind, "--vectors");
        Query(kind, "UPDATE {s}daily_summaries SET summary = summary || ' Later.' WHERE user_id = 'u2'");

        Outcome stale = Push(kind, "--vectors");
        string afterStale = _server.Objects.Values.Single(o => Property(o, "user_id") == "u2")["properties"]!["text"]!.ToString();
        Outcome ofOthers = Push(kind, "--vectors", "--user", "u1");
        Embed(kind, embedder);
        Outcome current = Push(kind, "--vectors");

        Assert.Equal((4, 0, 0), (stale.ExitCode, ofOthers.ExitCode, current.ExitCode));
        AssertCounts(stale, 0, 2);
        Assert.Contains("1 summary has no vector of its current text by stand-in and was not sent: u2 2024-01-01. Run health_ingestion embed, then health_ingestion push --vectors.", stale.ErrorLines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("Later.", afterStale, StringComparison.Ordinal);
        AssertCounts(current, 1, 2);
        AssertObjects(3);
        Drop(kind);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_push_without_vectors_replaces_only_what_has_changed_and_its_vector_is_sent_again(string kind)
    {
        // Both texts have the same vector, as with a model that reads only the beginning.
        using EmbeddingStandIn embedder = new((context, ask) => EmbeddingStandIn.Write(context, ask, item: _ => """{"index": INDEX, "embedding": [1, -2.5e-7, 3, 0.1, 5, 6, 7, 8]}"""));
        Load(kind);
        Embed(kind, embedder);
        Push(kind, "--vectors");
        Query(kind, "UPDATE {s}daily_summaries SET summary = summary || ' Later.' WHERE user_id = 'u2'");

        Outcome plain = Push(kind);
        int bare = _server.Objects.Values.Count(o => o["vector"] is null);
        Embed(kind, embedder);
        Outcome again = Push(kind, "--vectors");

        AssertCounts(plain, 1, 2);
        AssertCounts(again, 1, 2);
        Assert.Equal(1, bare);
        Assert.All(_server.Objects.Values, o => Assert.Equal([1f, -2.5e-7f, 3f, 0.1f, 5f, 6f, 7f, 8f], Vector(o["vector"])));
        Drop(kind);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Vectors_of_another_model_replace_all_or_none(string kind)
    {
        string served = "a";
        using EmbeddingStandIn embedder = new((context, ask) => EmbeddingStandIn.Write(context, ask, model: served));
        Load(kind);
        Embed(kind, embedder);
        Push(kind, "--vectors");
        served = "b";
        Assert.Equal(0, Embed(kind, embedder, "--user", "u1").ExitCode);

        Outcome unnamed = Push(kind, "--vectors");
        Outcome unknown = Push(kind, "--vectors", "--model", "c");
        Outcome incomplete = Push(kind, "--vectors", "--model", "b");
        Outcome selected = Push(kind, "--vectors", "--model", "b", "--user", "u1");
        int before = _server.Batches.Count;
        Embed(kind, embedder);
        Outcome complete = Push(kind, "--vectors", "--model", "b");
        Outcome repeated = Push(kind, "--vectors", "--model", "b");

        Assert.Equal((1, 1, 1, 1, 0), (unnamed.ExitCode, unknown.ExitCode, incomplete.ExitCode, selected.ExitCode, complete.ExitCode));
        Assert.Contains("holds vectors of several models: a, b", unnamed.Error, StringComparison.Ordinal);
        Assert.Contains("holds no vectors of the model c, but of a, b", unknown.Error, StringComparison.Ordinal);
        Assert.Contains($"{_server.Url} has vectors of a with 8 numbers, and 1 of its days has no vector of b with 8 numbers; vectors of different models are never mixed, and nothing was sent", incomplete.Error, StringComparison.Ordinal);
        Assert.Contains("only those of the selection would be replaced", selected.Error, StringComparison.Ordinal);
        Assert.Equal(1, before);
        AssertCounts(complete, 3, 0);
        AssertCounts(repeated, 0, 3);
        AssertObjects(3);
        Drop(kind);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_the_server_refused_is_sent_again_with_another_vector_or_without(string kind)
    {
        using EmbeddingStandIn embedder = new();
        Load(kind);
        Embed(kind, embedder);
        bool isStrict = true;
        _server.Intercept = async (context, objects) =>
        {
            bool isBad = isStrict && objects.Any(o => Property(o!, "user_id") == "u2" && o!["vector"] is not null);
            if (isBad)
            {
                await ApiServer.Write(context, 422, """{"error": [{"message": "no"}]}""");
            }

            return isBad;
        };

        Outcome refused = Push(kind, "--vectors");
        Outcome unchanged = Push(kind, "--vectors");
        Outcome plain = Push(kind);
        isStrict = false;
        Outcome retried = Push(kind, "--vectors", "--retry-refused");

        Assert.Equal((4, 0, 0, 0), (refused.ExitCode, unchanged.ExitCode, plain.ExitCode, retried.ExitCode));
        AssertCounts(refused, 2, 0, 1);
        AssertCounts(unchanged, 0, 2, 1);
        AssertCounts(plain, 1, 2);
        AssertCounts(retried, 1, 2);
        AssertObjects(3);
        Drop(kind);
    }

    [Fact]
    public void A_class_with_one_named_vector_gets_it_under_that_name()
    {
        using EmbeddingStandIn embedder = new();
        Define(""", "vectorConfig": {"summary": {"vectorizer": {"none": {}}, "vectorIndexType": "hnsw"}}""");
        Load("sqlite");
        Embed("sqlite", embedder);

        Outcome outcome = Push("sqlite", "--vectors");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.All(_server.Objects.Values, o => Assert.Null(o["vector"]));
        Assert.All(_server.Objects.Values, o => Assert.Equal(EmbeddingStandIn.VectorOf(Property(o, "text")), Vector(o["vectors"]!["summary"])));
    }

    [Theory]
    [InlineData(""", "vectorizer": "text2vec-ollama", "vectorConfig": null""", "the class makes vectors itself (text2vec-ollama)")]
    [InlineData(""", "vectorConfig": {"a": {"vectorizer": {"text2vec-openai": {"model": "x"}}}}""", "the class makes vectors itself (text2vec-openai)")]
    [InlineData(""", "vectorConfig": {"a": {"vectorizer": {"none": {}}}, "b": {"vectorizer": {"none": {}}}}""", "the class has several named vectors (a, b)")]
    public void A_class_that_cannot_take_the_vectors_gets_nothing(string definition, string problem)
    {
        using EmbeddingStandIn embedder = new();
        Define(definition);
        Load("sqlite");
        Embed("sqlite", embedder);

        Outcome outcome = Push("sqlite", "--vectors");

        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains(problem, outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains("health_ingestion push --vectors delivers them", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Empty(_server.Batches);
        Assert.Equal(0, Push("sqlite").ExitCode);
    }

    [Fact]
    public void A_run_that_embeds_sends_the_vectors_to_Weaviate_and_the_texts_to_other_APIs()
    {
        using EmbeddingStandIn embedder = new();
        using ApiServer api = ApiServer.Start();

        Outcome outcome = HealthIngestionProcess.Run(_place.Directory, "data", "--to", "sqlite:health.db", "--to", _server.Url, "--to", api.Url, "--embed", embedder.Url);
        Outcome again = HealthIngestionProcess.Run(_place.Directory, "data", "--to", "sqlite:health.db", "--to", _server.Url, "--to", api.Url, "--embed", embedder.Url);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        AssertCounts(outcome, 3, 0);
        AssertCounts(again, 0, 3);
        Assert.Equal(3, api.Taken.Count);
        AssertObjects(3);
    }

    [Fact]
    public void A_run_whose_embedding_server_fails_sends_no_object_without_a_vector()
    {
        using EmbeddingStandIn embedder = new((context, ask) => ask.Texts.Any(t => t.Contains("Bo on", StringComparison.Ordinal))
            ? ApiServer.Write(context, 422, """{"error": "too long"}""")
            : EmbeddingStandIn.Write(context, ask));

        Outcome outcome = HealthIngestionProcess.Run(_place.Directory, "data", "--to", "sqlite:health.db", "--to", _server.Url, "--embed", embedder.Url);

        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("1 summary has no vector of its current text by stand-in and was not sent: u2 2024-01-01", outcome.Error, StringComparison.Ordinal);
        AssertObjects(2);
    }

    [Theory]
    [InlineData("--vectors needs weaviate(s)://HOST/CLASS, but http://localhost:1/x takes no vectors", "--vectors", "--to", "http://localhost:1/x", "--to", "weaviate://localhost:1/C")]
    [InlineData("--model names the model of --vectors: use both", "--model", "m", "--to", "weaviate://localhost:1/C")]
    public void Wrong_use_is_one_line(string expected, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(_place.Directory, ["push", "--quiet", .. arguments]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(expected, outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_without_vectors_says_how_to_make_them()
    {
        Load("sqlite");
        Outcome outcome = Push("sqlite", "--vectors", "--quiet");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("error: sqlite:health.db holds no vectors of its summaries. Make them with health_ingestion embed --api URL.", outcome.OnlyErrorLine);
    }

    private static string Property(JsonNode node, string name) => node["properties"]![name]!.ToString();

    private static float[] Vector(JsonNode? numbers) => [.. numbers!.AsArray().Select(n => (float)n!)];

    private void Define(string more) => _server.Define(
        Class, $$"""{"class": "{{Class}}", "properties": [{"name": "type"}, {"name": "text"}, {"name": "user_id"}, {"name": "date"}]{{more}}}""");

    private string[] From(string kind) => ["--from", kind == "postgres" ? PostgresServer.Shared.Url : "sqlite:health.db", "--schema", _schema];

    private void Load(string kind)
    {
        Outcome loaded = HealthIngestionProcess.Run(_place.Directory, "data", "--quiet", "--to", From(kind)[1], "--schema", _schema);
        Assert.True(loaded.ExitCode == 0, loaded.Error);
    }

    private Outcome Embed(string kind, EmbeddingStandIn embedder, params string[] more) =>
        HealthIngestionProcess.Run(_place.Directory, ["embed", "--api", embedder.Url, .. From(kind), .. more]);

    private Outcome Push(string kind, params string[] more) =>
        HealthIngestionProcess.Run(_place.Directory, ["push", "--to", _server.Url, .. From(kind), .. more]);

    private void Query(string kind, string sql)
    {
        if (kind == "postgres")
        {
            PostgresServer.Shared.Query(sql.Replace("{s}", _schema + ".", StringComparison.Ordinal));
            return;
        }

        using Database database = Database.Open(_place["health.db"]);
        database.Query(sql.Replace("{s}", "", StringComparison.Ordinal));
    }

    private void Drop(string kind)
    {
        if (kind == "postgres")
        {
            PostgresServer.Shared.Query($"DROP SCHEMA {_schema} CASCADE");
        }
    }

    private void AssertCounts(Outcome outcome, int delivered, int unchanged, int refused = 0) =>
        Assert.Matches(string.Create(CultureInfo.InvariantCulture, $@"(?m)^{_server.Url} +{delivered} +{unchanged} +{refused} +0$"), outcome.Error);

    /// <summary>The server has these many objects, each with the vector of its text.</summary>
    private void AssertObjects(int count)
    {
        Assert.Equal(count, _server.Objects.Count);
        Assert.All(_server.Objects.Values, o => Assert.Equal(EmbeddingStandIn.VectorOf(Property(o, "text")), Vector(o["vector"])));
    }
}
