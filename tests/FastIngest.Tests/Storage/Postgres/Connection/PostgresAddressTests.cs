using FastIngest.Storage.Postgres.Connection;
using Npgsql;

namespace FastIngest.Tests.Storage.Postgres.Connection;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://u:p%40%3A%2F@h:1234/d", "h", 1234, "u", "p@:/", "d", "postgres://u@h:1234/d")]
    [InlineData("postgresql://u@h/d", "h", 5432, "u", null, "d", "postgres://u@h:5432/d")]
    [InlineData("postgres://u:p:q@h/d", "h", 5432, "u", "p:q", "d", "postgres://u@h:5432/d")]
    [InlineData("postgres://u:p@[::1]:7/d", "::1", 7, "u", "p", "d", "postgres://u@::1:7/d")]
    [InlineData("postgres://u@%2Ftmp%2Fs/d", "/tmp/s", 5432, "u", null, "d", "postgres://u@/d?host=/tmp/s")]
    [InlineData("postgres:///d?host=/tmp/s&user=u&password=x%26y&port=8", "/tmp/s", 8, "u", "x&y", "d", "postgres://u@/d?host=/tmp/s")]
    [InlineData("postgres:Host=h;Port=9;Username=u;Password=a;Database=d", "h", 9, "u", "a", "d", "postgres://u@h:9/d")]
    [InlineData("postgres:Server=h;User Id=u;Password='a;b';Database=d", "h", 5432, "u", "a;b", "d", "postgres://u@h:5432/d")]
    [InlineData("postgres://u@a:1,b:2/d", "a:1,b:2", 5432, "u", null, "d", "postgres://u@a:1,b:2/d")]
    public void A_target_is_parsed_into_its_parts(string target, string host, int port, string user, string? password, string database, string shown)
    {
        PostgresAddress read = PostgresAddress.Parse(target);
        NpgsqlConnectionStringBuilder settings = new(read.ConnectionString);
        Assert.Equal((host, port, user, password, database), (settings.Host, settings.Port, settings.Username, settings.Password, settings.Database));
        Assert.Equal(shown, read.DisplayName);
        Assert.Equal(shown, read.ToString());
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    public void TLS_modes_have_the_names_of_libpq(string mode, SslMode expected) =>
        Assert.Equal(expected, new NpgsqlConnectionStringBuilder(PostgresAddress.Parse($"postgres://h/d?sslmode={mode}&sslrootcert=/ca.pem&application_name=a%20b").ConnectionString).SslMode);

    [Theory]
    [InlineData("postgres:///d?host=/tmp/s", 1 << 20)]
    [InlineData("postgres:Host=/tmp/s;Database=d;Socket Send Buffer Size=300000", 300_000)]
    [InlineData("postgres://h/d", 0)]
    public void A_Unix_socket_has_a_large_buffer(string target, int bytes) =>
        Assert.Equal(bytes, new NpgsqlConnectionStringBuilder(PostgresAddress.Parse(target).ConnectionString).SocketSendBufferSize);

    [Theory]
    [InlineData("postgres://u:secret@h:port/d")]
    [InlineData("postgres://u:secret@h/d?sslmode=secret")]
    [InlineData("postgres://u:secret@h/d?nonsense=secret")]
    [InlineData("postgres:Host=h;Password=secret;Nonsense=1")]
    [InlineData("postgres:secret")]
    [InlineData("postgres:Host=h;Port=secret")]
    public void An_invalid_target_is_rejected_without_showing_secrets(string target)
    {
        IngestException e = Assert.Throws<IngestException>(() => PostgresAddress.Parse(target));
        Assert.DoesNotContain("secret", e.Message + e.Remedy);
    }
}
