using System.Globalization;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Converts the options of a URL to Npgsql's keywords: those of libpq, and those that other programs write into the same URL.
/// Options that change nothing here are ignored. An option that would change how the connection is protected, or what it reads, is
/// never ignored.
/// </summary>
internal static class PostgresUrlOptions
{
    /// <summary>The longest timeout that Npgsql accepts, in seconds.</summary>
    private const int MaxTimeout = 1024;

    /// <summary>Options that have another name in Npgsql.</summary>
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "Host",
        ["hostaddr"] = "Host",
        ["port"] = "Port",
        ["user"] = "Username",
        ["password"] = "Password",
        ["dbname"] = "Database",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["sslnegotiation"] = "SSL Negotiation",
        ["channel_binding"] = "Channel Binding",
        ["require_auth"] = "Require Auth",
        ["gssencmode"] = "GSS Encryption Mode",
        ["krbsrvname"] = "Kerberos Service Name",
        ["passfile"] = "Passfile",
        ["application_name"] = "Application Name",
        ["client_encoding"] = "Client Encoding",
        ["connect_timeout"] = "Timeout",
        ["options"] = "Options",
        ["target_session_attrs"] = "Target Session Attributes",
        ["load_balance_hosts"] = "Load Balance Hosts",
        ["keepalives"] = "TCP Keepalive",
        ["keepalives_idle"] = "TCP Keepalive Time",
        ["keepalives_interval"] = "TCP Keepalive Interval",
    };

    /// <summary>
    /// Options that change nothing here: defaults that Npgsql has anyway, and settings of the pools and statement caches of Prisma,
    /// Rails, JDBC, asyncpg, SQLAlchemy, node-postgres and Supabase.
    /// </summary>
    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase)
    {
        "fallback_application_name", "keepalives_count", "tcp_user_timeout", "sslcompression", "sslsni", "sslcertmode", "gsslib", "gssdelegation",
        "pgbouncer", "connection_limit", "pool_timeout", "pool", "pool_size", "max_overflow", "pool_recycle", "socket_timeout", "checkout_timeout",
        "reaping_frequency", "idle_timeout", "statement_cache_size", "prepared_statement_cache_size", "prepared_statements", "statement_limit",
        "prepareThreshold", "preparedStatementCacheQueries", "reWriteBatchedInserts", "uselibpqcompat", "supa", "workaround", "encoding", "variables",
        "min_protocol_version", "max_protocol_version",
    };

    /// <summary>Options that Npgsql does not have, and what to do instead.</summary>
    private static readonly Dictionary<string, string> Unsupported = new(StringComparer.OrdinalIgnoreCase)
    {
        ["service"] = "Write what the service file says into the URL.",
        ["servicefile"] = "Write what the service file says into the URL.",
        ["sslcrl"] = "Leave it out, or use Npgsql's keywords with Check Certificate Revocation=true.",
        ["sslcrldir"] = "Leave it out, or use Npgsql's keywords with Check Certificate Revocation=true.",
        ["requirepeer"] = "Leave it out and protect the folder of the socket instead.",
        ["ssl_min_protocol_version"] = "Leave it out and set ssl_min_protocol_version on the server.",
        ["ssl_max_protocol_version"] = "Leave it out and set ssl_max_protocol_version on the server.",
        ["sslkeylogfile"] = "Leave it out.",
        ["replication"] = "Leave it out: the program needs an ordinary connection.",
        ["scram_client_key"] = "Use a password instead.",
        ["scram_server_key"] = "Use a password instead.",
        ["schema"] = "Name the schema with --schema.",
        ["currentSchema"] = "Name the schema with --schema.",
        ["search_path"] = "Name the schema with --schema.",
        ["sslaccept"] = "Use sslmode=verify-full to check the certificate, or sslmode=require not to.",
        ["sslfactory"] = "Use sslmode=verify-full to check the certificate, or sslmode=require not to.",
        ["sslidentity"] = "Use sslcert and sslkey instead.",
    };

    /// <summary>Converts one option to keywords of Npgsql; none if the option is ignored.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="value">The decoded value.</param>
    /// <param name="ignored">Receives the name if the option is ignored.</param>
    /// <exception cref="IngestException">The option is not supported.</exception>
    public static IEnumerable<(string Key, string Value)> Convert(string name, string value, List<string> ignored)
    {
        if (Unsupported.TryGetValue(name, out string? remedy))
        {
            throw new IngestException($"The option '{name}' of the PostgreSQL URL is not supported.", remedy);
        }

        if (name.StartsWith("oauth_", StringComparison.OrdinalIgnoreCase))
        {
            throw new IngestException($"The option '{name}' of the PostgreSQL URL is not supported.", "Use a password or a certificate instead.");
        }

        if (Ignored.Contains(name) || value.Length == 0 || (Is(name, "sslrootcert") && value == "system"))
        {
            // Npgsql trusts the certificates of the system by default, as sslrootcert=system says.
            ignored.Add(name);
            return [];
        }

        return name.ToLowerInvariant() switch
        {
            "sslmode" => [("SSL Mode", PostgresUrl.SslMode(value))],
            "ssl" or "requiressl" => [("SSL Mode", value is "1" or "true" ? "Require" : "Prefer")],
            "connect_timeout" => [("Timeout", Timeout(value))],
            "keepalives" => [("TCP Keepalive", value == "0" ? "false" : "true")],
            "load_balance_hosts" => [("Load Balance Hosts", value == "random" ? "true" : "false")],
            _ => [(Renamed.GetValueOrDefault(name) ?? name, value)],
        };
    }

    /// <summary>In libpq, no positive number means no limit, which is 0 in Npgsql.</summary>
    private static string Timeout(string value) => int.TryParse(value, CultureInfo.InvariantCulture, out int seconds)
        ? Math.Clamp(seconds, 0, MaxTimeout).ToString(CultureInfo.InvariantCulture)
        : value;

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
