using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary><c>DATABASE_URL</c> as deployments write it.</summary>
public sealed class DatabaseUrlTests
{
    private readonly string _schema = $"u{Guid.NewGuid():N}";

    private static PostgresServer Server => PostgresServer.Shared;

    /// <summary>docker run --env-file keeps quotes; SQLAlchemy and JDBC have schemes of their own.</summary>
    [Theory]
    [InlineData("\"{0}\"")] // dani-garcia/vaultwarden, issue 1910: docker run --env-file
    [InlineData("\"{0}?sslmode=disable\"")] // bunkerity/bunkerweb, issue 3344: quotes around a URL with options
    [InlineData("postgresql+asyncpg:{1}")] // leonardsellem/readwise-vector-db, issue 10
    [InlineData("postgresql+psycopg2:{1}")] // JetBrains/databao-agent, pull request 116
    [InlineData("{0}?sslmode=disable&pgbouncer=true")] // prisma/orm, issue 10841
    [InlineData("'{0}'")]
    [InlineData(" {0}\n")]
    [InlineData("jdbc:{0}")]
    [InlineData("{0}?sslmode=disable&connect_timeout=5&keepalives=1&keepalives_idle=20&keepalives_count=3&gssencmode=disable&target_session_attrs=any")]
    [InlineData("{0}?pgbouncer=true&connection_limit=1&prepareThreshold=0&statement_cache_size=0&sslmode=disable")]
    public void A_PostgreSQL_URL_is_read_however_it_is_wrapped(string form)
    {
        using Workplace place = Workplace.WithData();
        string url = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, form.StartsWith("jdbc", StringComparison.Ordinal) ? Server.Url.Replace("postgres:", "postgresql:", StringComparison.Ordinal) : Server.Url, Server.Url[(Server.Url.IndexOf(':', StringComparison.Ordinal) + 1)..]);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", url)], "data", "--schema", _schema, "--quiet");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(["3"], Server.Query($"SELECT count(*) FROM {_schema}.daily_summaries"));
    }

    [Theory]
    [InlineData("sqlite:named.db", "named.db")] // prisma/specs, issue 385
    [InlineData("sqlite:./named.db", "named.db")] // sgrif/diesel.rs-website, issue 130
    [InlineData("\"sqlite:named.db\"", "named.db")]
    [InlineData("ndjson:named.ndjson", "named.ndjson")]
    public void Another_target_is_written_too(string url, string file)
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", url)], "data", "--quiet");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal([file], place.Files());
    }

    /// <summary>Passwords with characters that have a meaning in a URL, written as they are.</summary>
    [Theory]
    [InlineData("postgres://my_user:some cool/pass@127.0.0.1:1/my-db")] // PostgREST/postgrest, issue 1531
    [InlineData("postgres://u:slfkjkwi[oer?[$dkks}owss@127.0.0.1:1/d")] // ariga/atlas, issue 1631
    [InlineData("postgres://test:abcss/@127.0.0.1:1/mydb")] // brianc/node-postgres, issue 3013
    [InlineData("postgres://u:p@ss/w#rd%@127.0.0.1:1/d")]
    [InlineData("postgres://u:p/ss@127.0.0.1:1/d")]
    [InlineData("postgres://u:p?ss@127.0.0.1:1/d")]
    [InlineData("postgres://u:12/3ss@127.0.0.1:1/d")]
    public void A_raw_password_gets_a_hint_and_is_not_shown(string url)
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", url)], "data", "--quiet");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("percent-encoded", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.DoesNotContain("ss", outcome.OnlyErrorLine.Replace("password", "", StringComparison.Ordinal).Replace("PGPASSWORD", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    /// <summary>Passwords that do not cut the URL apart are read as they are: the connection is tried.</summary>
    [Theory]
    [InlineData("postgresql://u:p@ss@127.0.0.1:1/d")] // eduardolat/pgbackweb, issue 3
    [InlineData("postgres://u:pa^ss#[w]$@127.0.0.1:1/d")] // jorgerojas26/lazysql, issue 109
    [InlineData("postgres://u:pass%%@127.0.0.1:1/d")] // ankane/blazer, issue 259
    [InlineData("postgres://u:pass$#@127.0.0.1:1/d")] // transact-rs/sqlx, issue 1624
    [InlineData(@"postgres://u:]Srs\|^[P-{tNhoDy5E4t.*G@127.0.0.1:1/d")] // amacneil/dbmate, issue 212
    public void A_raw_password_that_does_not_cut_the_URL_apart_is_taken(string url)
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", url)], "data", "--quiet");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("postgres://u@127.0.0.1:1/d: the connection failed", outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sslmode=disable&search_path=yms", "--schema", "search_path")] // sosedoff/pgweb, issue 433
    [InlineData("currentSchema=myschema", "--schema")] // brianc/node-postgres, issue 2629
    [InlineData("sslfactory=com.impossibl.postgres.protocol.ssl.NonValidatingTrustManager", "sslmode=require")] // impossibl/pgjdbc-ng, issue 72
    [InlineData("replication=true", "ordinary connection")] // neondatabase/neon, issue 6291
    [InlineData("service=prod", "service file")]
    [InlineData("sslcrl=/a.crl", "Check Certificate Revocation")]
    [InlineData("schema=public", "--schema")]
    [InlineData("nonsense=1", "Correct or remove it")]
    public void An_option_that_is_not_supported_is_named_with_what_to_do(string option, string remedy, string? name = null)
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", $"{Server.Url}?{option}", "--quiet");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"'{name ?? option.Split('=')[0]}'", outcome.OnlyErrorLine, StringComparison.Ordinal);
        Assert.Contains(remedy, outcome.OnlyErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ignored_option_is_a_debug_line()
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", Server.Url + "?connection_limit=1", "--schema", _schema, "--log-level", "debug");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("debug: the option connection_limit of the PostgreSQL URL is ignored", outcome.Error, StringComparison.Ordinal);
    }
}
