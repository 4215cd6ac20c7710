using FastIngest.Tests.Storage.Postgres;

namespace HealthIngestion.Tests;

/// <summary><c>DATABASE_URL</c> as deployments write it.</summary>
public sealed class DatabaseUrlTests
{
    private readonly string _schema = $"u{Guid.NewGuid():N}";

    private static PostgresServer Server => PostgresServer.Shared;

    /// <summary>docker run --env-file keeps quotes; SQLAlchemy and JDBC have schemes of their own.</summary>
    [Theory]
    [InlineData("\"{0}\"")]
    [InlineData("'{0}'")]
    [InlineData(" {0}\n")]
    [InlineData("jdbc:{0}")]
    [InlineData("{0}?sslmode=disable&connect_timeout=5&keepalives=1&keepalives_idle=20&keepalives_count=3&gssencmode=disable&target_session_attrs=any")]
    [InlineData("{0}?pgbouncer=true&connection_limit=1&prepareThreshold=0&statement_cache_size=0&sslmode=disable")]
    public void A_PostgreSQL_URL_is_read_however_it_is_wrapped(string form)
    {
        using Workplace place = Workplace.WithData();
        string url = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, form.StartsWith("jdbc", StringComparison.Ordinal) ? Server.Url.Replace("postgres:", "postgresql:", StringComparison.Ordinal) : Server.Url);

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, [("DATABASE_URL", url)], "data", "--schema", _schema, "--quiet");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(["3"], Server.Query($"SELECT count(*) FROM {_schema}.daily_summaries"));
    }

    [Theory]
    [InlineData("sqlite:named.db", "named.db")]
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

    [Theory]
    [InlineData("service=prod", "service file")]
    [InlineData("sslcrl=/a.crl", "Check Certificate Revocation")]
    [InlineData("schema=public", "--schema")]
    [InlineData("nonsense=1", "Correct or remove it")]
    public void An_option_that_is_not_supported_is_named_with_what_to_do(string option, string remedy)
    {
        using Workplace place = Workplace.WithData();

        Outcome outcome = HealthIngestionProcess.Run(place.Directory, "data", "--to", $"{Server.Url}?{option}", "--quiet");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"'{option.Split('=')[0]}'", outcome.OnlyErrorLine, StringComparison.Ordinal);
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
