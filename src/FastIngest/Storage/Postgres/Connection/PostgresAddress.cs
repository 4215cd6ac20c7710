using System.Globalization;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>Which database, from a URL or from keywords, with what the environment adds.</summary>
/// <param name="ConnectionString">For Npgsql; it may hold a password and is never shown.</param>
/// <param name="DisplayName">The target as shown to the user.</param>
/// <param name="MayEncrypt">Whether the connection may come to TLS, or to proving a password.</param>
internal sealed record PostgresAddress(string ConnectionString, string DisplayName, bool MayEncrypt)
{
    private const string SocketFolder = "/var/run/postgresql";

    /// <summary>Seconds between two signs of life on an idle connection, so that a dead peer is noticed.</summary>
    private const int KeepAliveSeconds = 30;

    /// <summary>
    /// Bytes that may be under way on a socket of this machine. Its writer is woken when three quarters of them were taken:
    /// of the system's 208 KiB the server has taken the rest before the next rows come. The system may allow less; TCP finds
    /// its own measure.
    /// </summary>
    private const int SocketSendBytes = 1 << 20;

    /// <param name="target">
    /// <c>postgres://user:password@host:port/database?option=value</c>, or <c>postgres:</c> and Npgsql's keywords.
    /// </param>
    /// <exception cref="IngestException">It is neither. The message repeats nothing that could be a secret.</exception>
    public static PostgresAddress Parse(string target)
    {
        string rest = target[(target.IndexOf(':', StringComparison.Ordinal) + 1)..];
        NpgsqlConnectionStringBuilder settings = new();
        IEnumerable<(string Key, string Value)> pairs = rest.StartsWith("//", StringComparison.Ordinal) ? PostgresUrl.Read(rest[2..]) : ReadKeywords(rest);
        foreach ((string key, string value) in pairs)
        {
            Set(settings, key, value);
        }

        AddEnvironment(settings);

        // One connection a run, with nothing kept behind it; a merge may take its time.
        settings.Pooling = false;
        settings.Enlist = false;
        settings.CommandTimeout = 0;
        settings.ReadBufferSize = 64 << 10;
        if (settings.Host!.StartsWith('/'))
        {
            settings.SocketSendBufferSize = settings.SocketSendBufferSize > 0 ? settings.SocketSendBufferSize : SocketSendBytes;
        }
        else
        {
            settings.TcpKeepAlive = true;
            settings.TcpKeepAliveTime = KeepAliveSeconds;
            settings.TcpKeepAliveInterval = KeepAliveSeconds;
        }

        settings.ApplicationName ??= "health_ingestion";
        return new PostgresAddress(settings.ConnectionString, Show(settings), MayEncryptBy(settings));
    }

    /// <summary>Makes sure that it can be reached from here at all.</summary>
    /// <exception cref="IngestException">Something is not installed.</exception>
    public void RequireLibraries()
    {
        if (MayEncrypt)
        {
            OpenSslLibrary.Require("TLS and passwords of PostgreSQL");
        }
    }

    /// <summary>A record would print its password.</summary>
    public override string ToString() => DisplayName;

    private static IEnumerable<(string Key, string Value)> ReadKeywords(string text)
    {
        System.Data.Common.DbConnectionStringBuilder keywords = new();
        try
        {
            keywords.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            // The parser's message repeats the text.
            throw new IngestException("The PostgreSQL target is not made of keywords.", "Write postgres://USER@HOST/DATABASE, or Host=HOST;Database=DATABASE;Username=USER.");
        }

        foreach (string key in keywords.Keys)
        {
            yield return (key, Convert.ToString(keywords[key], CultureInfo.InvariantCulture) ?? "");
        }
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string key, string value)
    {
        try
        {
            settings[key] = value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException or NotSupportedException)
        {
            throw settings.ContainsKey(key)
                ? new IngestException($"The PostgreSQL target has a value for '{key}' that makes no sense.", "Correct it.")
                : new IngestException($"The PostgreSQL target has an option '{key}' that is not known.", "Options are Npgsql's keywords and those of libpq's URLs, such as sslmode=require.");
        }
    }

    /// <summary>Npgsql itself reads PGUSER, PGPASSWORD, PGPASSFILE, PGOPTIONS, PGSSLCERT and their kind; these it does not.</summary>
    private static void AddEnvironment(NpgsqlConnectionStringBuilder settings)
    {
        if (string.IsNullOrEmpty(settings.Host))
        {
            settings.Host = Variable("PGHOST") ?? (Directory.Exists(SocketFolder) ? SocketFolder : "localhost");
        }

        if (!settings.ShouldSerialize("Port") && Variable("PGPORT") is { } port)
        {
            Set(settings, "Port", port);
        }

        if (string.IsNullOrEmpty(settings.Database) && Variable("PGDATABASE") is { } database)
        {
            settings.Database = database;
        }

        if (!settings.ShouldSerialize("SSL Mode") && Variable("PGSSLMODE") is { } mode)
        {
            Set(settings, "SSL Mode", PostgresUrl.SslMode(mode));
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>Whether TLS or a password may come up: over a socket without a password neither does.</summary>
    private static bool MayEncryptBy(NpgsqlConnectionStringBuilder settings) =>
        (!settings.Host!.StartsWith('/') && settings.SslMode != SslMode.Disable)
        || !string.IsNullOrEmpty(settings.Password ?? Variable("PGPASSWORD"))
        || !string.IsNullOrEmpty(settings.Passfile ?? Variable("PGPASSFILE"))
        || File.Exists(Path.Combine(Variable("HOME") ?? "", ".pgpass"));

    private static string Show(NpgsqlConnectionStringBuilder settings)
    {
        string user = settings.Username ?? Variable("PGUSER") ?? "";
        string host = settings.Host!;
        bool isSocket = host.StartsWith('/');
        string place = isSocket ? "" : host + (host.Contains(',', StringComparison.Ordinal) ? "" : $":{settings.Port}");
        return $"postgres://{(user.Length > 0 ? user + "@" : "")}{place}/{settings.Database}{(isSocket ? $"?host={host}" : "")}";
    }
}
