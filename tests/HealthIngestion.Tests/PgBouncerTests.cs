using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Storage.Postgres;
using Npgsql;

namespace HealthIngestion.Tests;

/// <summary>
/// PostgreSQL behind PgBouncer, in every way in which it is deployed. The reports behind the cases: session advisory locks that a
/// pool keeps (pgbouncer issue 617, authentik issue 23876), temporary tables of another client (pgbouncer issue 513), and the login
/// settings that a pool rejects (pgbouncer issues 493 and 875, neon issue 6291).
/// </summary>
public sealed class PgBouncerTests
{
    private static readonly string Dictionary = Path.Combine(Repository.Root, "tests", "data", "lexicon", "entries.jsonl");

    private readonly string _schema = $"b{Guid.NewGuid():N}";

    private static PostgresServer Server => PostgresServer.Shared;

    [Theory]
    [InlineData("session", 1)]
    [InlineData("session", 4)]
    [InlineData("transaction", 1)]
    [InlineData("transaction", 4)]
    public void Health_data_is_loaded_changed_and_delivered(string mode, int poolSize)
    {
        using PgBouncer pool = new(Server, mode, poolSize);
        using Workplace place = Workplace.WithData();
        using ApiServer api = ApiServer.Start();
        string rates = Path.Combine(place["data"], "heart_rate.ndjson");

        Succeed(place, "data", "--to", pool.Url, "--schema", _schema, "--records");
        File.WriteAllText(rates, File.ReadAllText(rates).Replace("\"value\":64", "\"value\":65", StringComparison.Ordinal));
        Succeed(place, "data", "--to", pool.Url, "--schema", _schema, "--records");
        Succeed(place, "push", "--from", pool.Url, "--schema", _schema, "--to", api.Url);
        Succeed(place, "push", "--from", pool.Url, "--schema", _schema, "--to", api.Url);

        Assert.Equal(["3 65 6"], Server.Query($"SELECT count(*), max(hr_max) FILTER (WHERE user_id = 'u1'), (SELECT count(*) FROM {_schema}.heart_rate) FROM {_schema}.daily_summaries"));
        Assert.Equal(3, api.Requests.Count);
        Assert.Equal(["0"], LocksAndTemporaryTables());
    }

    [Theory]
    [InlineData("session", 1)]
    [InlineData("session", 4)]
    [InlineData("transaction", 1)]
    [InlineData("transaction", 4)]
    public void A_dictionary_is_loaded_repeated_validated_and_reprocessed(string mode, int poolSize)
    {
        using PgBouncer pool = new(Server, mode, poolSize);
        using Workplace place = Workplace.WithData();
        Succeed(place, "data", "--to", pool.Url, "--schema", _schema);
        Succeed(place, "data", "--to", pool.Url, "--schema", _schema);
        string special = Path.Combine(Repository.Root, "tests", "data", "cases", "pgbouncer_temp_buffers", "d.jsonl");
        foreach ((string source, string file) in (IEnumerable<(string, string)>)[("new", special), ("sample", Dictionary), ("sample", Dictionary)])
        {
            Succeed(place, "ingest", "--source", source, "--file", file, "--to", pool.Url, "--schema", _schema);
        }

        Succeed(place, "lexicon", "validate", "--to", pool.Url, "--schema", _schema);
        Succeed(place, "lexicon", "reprocess", "--to", pool.Url, "--schema", _schema, "--source", "sample", "--min-quality", "0.9");

        Assert.Equal(["0"], Server.Query($"SELECT count(*) FROM {_schema}.entries WHERE source_id = 'sample' AND quality < 0.9"));
        Succeed(place, "lexicon", "reprocess", "--to", pool.Url, "--schema", _schema);
        Assert.Equal(["59"], Server.Query($"SELECT count(*) FROM {_schema}.entries WHERE source_id = 'sample'"));
        Assert.Equal(["0"], LocksAndTemporaryTables());
    }

    [Fact]
    public void A_pool_without_a_free_place_is_an_error_after_some_seconds()
    {
        using PgBouncer pool = new(Server, "session", 1);
        using NpgsqlConnection other = pool.Connect();
        using (NpgsqlCommand command = new("SELECT 1", other))
        {
            command.ExecuteScalar();
        }

        using Workplace place = Workplace.WithData();
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", pool.Url, "--schema", _schema, "--quiet");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("the connection pool (PgBouncer) has no free place", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.InRange(outcome.Elapsed.TotalSeconds, 5, 40);
    }

    [Theory]
    [InlineData("?options=-c%20statement_timeout%3D0")]
    [InlineData("?search_path=a")]
    public void A_login_setting_that_the_pool_rejects_is_named(string option)
    {
        using PgBouncer pool = new(Server, "transaction", 2);
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", pool.Url + option, "--schema", _schema, "--quiet");

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Matches("ignore_startup_parameters|--schema", outcome.OnlyErrorLine);
        Assert.True(outcome.Elapsed < TimeSpan.FromSeconds(9), "a setting that is rejected for good is not tried again");
    }

    [Fact]
    public void A_database_that_the_pool_does_not_know_is_named_at_once()
    {
        using PgBouncer pool = new(Server, "transaction", 2);
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", pool.Url + "_missing", "--quiet");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("Name a database and a user that the pool (PgBouncer) knows", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.True(outcome.Elapsed < TimeSpan.FromSeconds(9), "a database that is unknown for good is not tried again");
    }

    private static void Succeed(Workplace place, params string[] arguments)
    {
        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [.. arguments, "--quiet"]);
        Assert.True(outcome.ExitCode == 0, string.Join(' ', arguments) + ": " + outcome.Error);
    }

    private static List<string> LocksAndTemporaryTables() => Server.Query(
        """
        SELECT (SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND a.state = 'idle')
            + (SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r' AND relname IN ('marks', 'kept', 'staged_entries', 'staged_removed'))
        """);
}
