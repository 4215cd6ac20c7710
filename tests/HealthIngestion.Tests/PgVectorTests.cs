using System.Globalization;
using System.Text.RegularExpressions;
using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary>
/// <c>embed</c> and <c>search --approximate</c> with pgvector. PGlite takes no COPY from a client, so that a PostgreSQL stores the
/// summaries and the vectors, and their tables are copied to PGlite; <c>embed</c> then has nothing to store there and makes the index.
/// </summary>
public sealed class PgVectorTests : IDisposable
{
    private const string Query = "slept badly";

    private readonly Workplace _place = Workplace.Empty();
    private readonly string _schema = $"p{Guid.NewGuid():N}";

    public void Dispose()
    {
        _place.Dispose();
        PostgresServer.Shared.Query($"DROP SCHEMA IF EXISTS {_schema} CASCADE");
    }

    [Fact]
    public void The_index_finds_what_the_exact_search_finds()
    {
        using PgVectorServer server = PgVectorServer.Start();
        using EmbeddingStandIn embedder = new();
        Load(users: 4, days: 60);
        Embed(PostgresServer.Shared.Url, embedder);
        Copy(server);

        Outcome before = Embed(server.Url, embedder);
        Outcome without = Search(server, embedder, Query, "--approximate");
        List<string> extensions = server.Query("SELECT count(*) FROM pg_extension WHERE extname = 'vector'");
        server.Query("CREATE SCHEMA \"odd schema\"; CREATE EXTENSION vector SCHEMA \"odd schema\"");
        Outcome unindexed = Search(server, embedder, Query, "--approximate");
        Outcome after = Embed(server.Url, embedder);
        Outcome again = Embed(server.Url, embedder);

        Assert.DoesNotContain("index", before.Error, StringComparison.Ordinal);
        Assert.Equal(["0"], extensions);
        Assert.Equal((1, 1), (without.ExitCode, unindexed.ExitCode));
        Assert.Contains("the extension vector (pgvector) with HNSW is not installed in that database", without.Error, StringComparison.Ordinal);
        Assert.Contains("has no index for --approximate of the vectors of stand-in", unindexed.Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^index for search --approximate: embeddings_hnsw_[0-9a-f]{8}, made by this run$", after.Error);
        Assert.Matches("(?m)^index for search --approximate: embeddings_hnsw_[0-9a-f]{8}$", again.Error);
        string[] exact = AssertSame(server, embedder, 10, "--limit", "10");
        AssertSame(server, embedder, 5, "--limit", "5", "--user", "u2", "--user", "u3", "--since", "2024-01-11", "--until", "2024-02-10");
        AssertSame(server, embedder, 1, "--user", "u2", "--since", "2024-01-11", "--until", "2024-01-11");

        // A vector of an old text is not found. One that is stored after the index was made is found.
        string[] key = exact[0].Split("  ");
        string where = $"WHERE user_id = '{key[1]}' AND date = '{key[2]}'";
        server.Query($"UPDATE {_schema}.daily_summaries SET summary = summary || ' Later.' {where}");
        AssertSame(server, embedder, 10);
        Assert.DoesNotContain($"{key[1]}  {key[2]}", Search(server, embedder, Query, "--approximate").Output, StringComparison.Ordinal);
        string text = server.Query($"SELECT summary FROM {_schema}.daily_summaries {where}").Single();
        server.Query($"UPDATE {_schema}.embeddings SET text_md5 = md5('{text}')::uuid, vector = '{{{string.Join(',', EmbeddingStandIn.VectorOf(text).Select(f => f.ToString("R", CultureInfo.InvariantCulture)))}}}' {where}");
        Assert.StartsWith($"1.0000  {key[1]}  {key[2]}  ", Search(server, embedder, text, "--approximate", "--limit", "1").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_model_has_an_index_of_the_type_that_holds_its_vectors_and_the_planner_takes_it()
    {
        using PgVectorServer server = PgVectorServer.Start();
        server.Query("CREATE EXTENSION vector");
        int dimensions = 0;
        using EmbeddingStandIn embedder = new((context, ask) => EmbeddingStandIn.Write(context, ask, dimensions: dimensions));
        Load(users: 2, days: 30);
        (string Model, int Dimensions)[] models = [("small", 8), ("it's large", 2_001), ("largest", 4_001)];
        foreach ((string model, int count) in models)
        {
            dimensions = count;
            Embed(PostgresServer.Shared.Url, embedder, "--model", model);
        }

        // A vector that another program has damaged is in no index, and fails none.
        PostgresServer.Shared.Query($"UPDATE {_schema}.embeddings SET vector = '{{1,2}}' WHERE user_id = 'u1' AND date = '2024-01-03'");
        Copy(server);
        List<Outcome> outcomes = [];
        foreach ((string model, int count) in models)
        {
            dimensions = count;
            outcomes.Add(Embed(server.Url, embedder, "--model", model));
        }

        Assert.Contains("no index for search --approximate: pgvector indexes at most 4,000 numbers, and the vectors of largest have 4,001", outcomes[2].Error, StringComparison.Ordinal);
        List<string> indexes = server.Query("SELECT replace(indexdef, 'public.', '') FROM pg_indexes WHERE indexname LIKE 'embeddings_hnsw%'");
        Assert.Equal(2, indexes.Count);
        Assert.Contains(indexes, i => i.Contains("((vector)::halfvec(2001)) halfvec_cosine_ops", StringComparison.Ordinal) && i.Contains("'it''s large'", StringComparison.Ordinal));
        string small = indexes.Single(i => i.Contains("((vector)::vector(8)) vector_cosine_ops", StringComparison.Ordinal) && i.Contains("'small'", StringComparison.Ordinal));
        dimensions = 2_001;
        AssertSame(server, embedder, 3, "--model", "it's large", "--limit", "3");
        dimensions = 8;
        AssertSame(server, embedder, 59, "--model", "small", "--limit", "100");
        string name = Regex.Match(small, "embeddings_hnsw_[0-9a-f]+").Value;
        string plan = string.Join('\n', server.Query(
            $"SET enable_seqscan = off; EXPLAIN SELECT e.user_id FROM (SELECT user_id, date, text_md5, vector FROM {_schema}.embeddings WHERE model = 'small' AND cardinality(vector) = 8) e "
            + $"JOIN {_schema}.daily_summaries s ON s.user_id = e.user_id AND s.date = e.date WHERE e.text_md5 = md5(s.summary)::uuid ORDER BY (e.vector::public.vector(8)) OPERATOR(public.<=>) '[1,2,3,4,5,6,7,8]' LIMIT 5"));
        Assert.Contains($"Index Scan using {name}", plan, StringComparison.Ordinal);

        // The index of a model that is replaced goes with its vectors. Any index of that name will do.
        PostgresServer.Shared.Query($"CREATE INDEX {name} ON {_schema}.embeddings (user_id)");
        dimensions = 12;
        Embed(PostgresServer.Shared.Url, embedder, "--model", "small", "--replace-model");
        Assert.Empty(PostgresServer.Shared.Query($"SELECT indexname FROM pg_indexes WHERE schemaname = '{_schema}' AND indexname = '{name}'"));
    }

    [Fact]
    public void A_database_without_such_an_index_refuses_an_approximate_search_before_it_asks_the_server()
    {
        using EmbeddingStandIn embedder = new();
        Load(users: 1, days: 2, "--to", "sqlite:health.db");
        foreach (string database in (string[])["sqlite:health.db", PostgresServer.Shared.Url])
        {
            Embed(database, embedder);
            int requests = embedder.Requests.Count();
            Outcome outcome = HealthIngestionProcess.Run(_place.Directory, "search", "x", "--approximate", "--api", embedder.Url, "--from", database, "--schema", _schema);
            Assert.Equal(1, outcome.ExitCode);
            Assert.Contains("has no index for --approximate", outcome.OnlyErrorLine, StringComparison.Ordinal);
            Assert.Contains("Leave out --approximate for an exact search", outcome.OnlyErrorLine, StringComparison.Ordinal);
            Assert.Equal(requests, embedder.Requests.Count());
        }
    }

    private void Load(int users, int days, params string[] more)
    {
        Directory.CreateDirectory(_place["data"]);
        File.WriteAllLines(
            Path.Combine(_place["data"], "heart_rate.ndjson"),
            Enumerable.Range(1, users).SelectMany(u => Enumerable.Range(0, days).Select(d => string.Create(
                CultureInfo.InvariantCulture, $$"""{"user_id":"u{{u}}","date_time":"{{new DateOnly(2024, 1, 1).AddDays(d):O}}T08:00:00","value":{{50 + (((u * 37) + (d * 11)) % 90)}}}"""))));
        Outcome loaded = HealthIngestionProcess.Run(_place.Directory, ["data", "--quiet", "--to", PostgresServer.Shared.Url, "--schema", _schema, .. more]);
        Assert.True(loaded.ExitCode == 0, loaded.Error);
    }

    /// <summary>Copies the schema of the test from PostgreSQL.</summary>
    private void Copy(PgVectorServer server)
    {
        Installed.Require("pg_dump");
        Outcome copied = HealthIngestionProcess.RunShell(
            _place.Directory, $"set -o pipefail; pg_dump --inserts --no-owner --schema={_schema} '{PostgresServer.Shared.Url}' | psql --quiet --set=ON_ERROR_STOP=1 --output=/dev/null '{server.Url}'");
        Assert.True(copied.ExitCode == 0, copied.Error);
    }

    private Outcome Embed(string database, EmbeddingStandIn embedder, params string[] more)
    {
        Outcome outcome = HealthIngestionProcess.Run(_place.Directory, ["embed", "--api", embedder.Url, "--from", database, "--schema", _schema, .. more]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome;
    }

    private Outcome Search(PgVectorServer server, EmbeddingStandIn embedder, string text, params string[] more) =>
        HealthIngestionProcess.Run(_place.Directory, ["search", text, "--api", embedder.Url, "--from", server.Url, "--schema", _schema, .. more]);

    /// <summary>Both searches print the same lines.</summary>
    private string[] AssertSame(PgVectorServer server, EmbeddingStandIn embedder, int lines, params string[] more)
    {
        Outcome exact = Search(server, embedder, Query, more), near = Search(server, embedder, Query, [.. more, "--approximate"]);
        Assert.True(near.ExitCode == 0, near.Error);
        Assert.Equal(exact.Output, near.Output);
        string[] found = near.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines, found.Length);
        return found;
    }
}
