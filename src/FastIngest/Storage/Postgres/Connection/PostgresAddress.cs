using System.Globalization;
using Npgsql;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>The address of a database, parsed from a URL or keywords and completed from the environment.</summary>
/// <param name="ConnectionString">The connection string for Npgsql. It may contain a password, so it is never shown.</param>
/// <param name="DisplayName">The target as shown to the user, without any secret.</param>
/// <param name="MayEncrypt">Whether the connection may use TLS or password authentication.</param>
/// <param name="IgnoredOptions">The names of the URL's options that change nothing here.</param>
internal sealed record PostgresAddress(string ConnectionString, string DisplayName, bool MayEncrypt, IReadOnlyList<string> IgnoredOptions)
{
    private const string SocketFolder = "/var/run/postgresql";

    /// <summary>The interval of TCP keepalives in seconds, which detect a dead server.</summary>
    private const int KeepAliveSeconds = 30;

    /// <summary>
    /// The send buffer of a Unix socket in bytes. The system wakes the writer when three quarters of the buffer are free. With
    /// the default of 208 KiB, the server would read the rest before the next rows arrive. The system may limit the value. TCP
    /// adapts its buffers itself.
    /// </summary>
    private const int SocketSendBytes = 1 << 20;

    /// <summary>Parses a target and reads missing settings from the environment.</summary>
    /// <param name="target">
    /// <c>postgres://user:password@host:port/database?option=value</c>, or <c>postgres:</c> and Npgsql's keywords.
    /// </param>
    /// <exception cref="IngestException">The target is invalid. The message contains nothing that could be a secret.</exception>
    public static PostgresAddress Parse(string target)
    {
        string rest = target[(target.IndexOf(':', StringComparison.Ordinal) + 1)..];
        NpgsqlConnectionStringBuilder settings = new();
        List<string> ignored = [];
        IEnumerable<(string Key, string Value)> pairs = rest.StartsWith("//", StringComparison.Ordinal) ? PostgresUrl.Read(rest[2..], ignored) : ReadKeywords(rest);
        foreach ((string key, string value) in pairs)
        {
            Set(settings, key, value);
        }

        AddEnvironment(settings);

        // A run uses one connection, so pooling is useless. A merge may take long, so commands have no timeout.
        // No state of a session may outlive a transaction, because a pool such as PgBouncer may lie between: no statement is prepared
        // by name, and nothing is reset at the end.
        settings.Pooling = false;
        settings.Multiplexing = false;
        settings.MaxAutoPrepare = 0;
        settings.NoResetOnClose = true;
        settings.Enlist = false;
        settings.CommandTimeout = 0;
        settings.ReadBufferSize = 64 << 10;
        if (settings.Host!.StartsWith('/'))
        {
            settings.SocketSendBufferSize = settings.SocketSendBufferSize > 0 ? settings.SocketSendBufferSize : SocketSendBytes;
        }
        else
        {
            settings.TcpKeepAlive = settings.TcpKeepAlive || !settings.ShouldSerialize("TCP Keepalive");
            settings.TcpKeepAliveTime = settings.TcpKeepAliveTime > 0 ? settings.TcpKeepAliveTime : KeepAliveSeconds;
            settings.TcpKeepAliveInterval = settings.TcpKeepAliveInterval > 0 ? settings.TcpKeepAliveInterval : KeepAliveSeconds;
        }

        settings.ApplicationName ??= "health_ingestion";
        return new PostgresAddress(settings.ConnectionString, Show(settings), MayEncryptBy(settings), ignored);
    }

    /// <summary>Checks that the libraries for the connection are installed.</summary>
    /// <exception cref="IngestException">A library is missing.</exception>
    public void RequireLibraries()
    {
        if (MayEncrypt)
        {
            OpenSslLibrary.Require("TLS and passwords of PostgreSQL");
        }
    }

    /// <summary>Returns the display name, because the default of a record would contain the password.</summary>
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
            // Do not pass on the parser's message: it repeats the text, which may contain a password.
            throw new IngestException("The PostgreSQL target is neither a URL nor a list of keywords.", "Write postgres://USER@HOST/DATABASE, or Host=HOST;Database=DATABASE;Username=USER.");
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
                ? new IngestException($"The PostgreSQL target has an invalid value for '{key}'.", "Correct it.")
                : new IngestException($"The PostgreSQL target has an unknown option '{key}'.", "Correct or remove it. Options are Npgsql's keywords and those of libpq's URLs, such as sslmode=require.");
        }
    }

    /// <summary>Reads the variables that Npgsql does not read itself. It does read PGUSER, PGPASSWORD, PGPASSFILE, PGOPTIONS, PGSSLCERT and similar ones.</summary>
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

    /// <summary>Whether the connection may use TLS or a password. A Unix socket without a password uses neither.</summary>
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
