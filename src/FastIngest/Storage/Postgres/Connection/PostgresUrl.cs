namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Converts URLs of libpq to Npgsql's keywords. The form after the scheme is
/// <c>user:password@host:port,host:port/database?option=value</c>. A host may be an IPv6 address in brackets. It may also be the
/// folder of a Unix socket, percent-encoded or given as the option <c>host</c>.
/// </summary>
internal static class PostgresUrl
{
    /// <summary>Maps libpq's options to Npgsql's keywords. All other options are passed to Npgsql unchanged.</summary>
    private static readonly Dictionary<string, string> Options = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "Host",
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
        ["gssencmode"] = "GSS Encryption Mode",
        ["krbsrvname"] = "Kerberos Service Name",
        ["passfile"] = "Passfile",
        ["application_name"] = "Application Name",
        ["client_encoding"] = "Client Encoding",
        ["connect_timeout"] = "Timeout",
        ["options"] = "Options",
        ["target_session_attrs"] = "Target Session Attributes",
        ["load_balance_hosts"] = "Load Balance Hosts",
    };

    /// <summary>Returns the keywords of a URL and their decoded values.</summary>
    /// <param name="rest">The text after <c>postgres://</c>.</param>
    public static IEnumerable<(string Key, string Value)> Read(string rest)
    {
        (string beforeQuery, string query) = Cut(rest, rest.IndexOf('?', StringComparison.Ordinal));
        (string authority, string database) = Cut(beforeQuery, beforeQuery.IndexOf('/', StringComparison.Ordinal));
        int at = authority.LastIndexOf('@');
        (string user, string password) = at < 0 ? ("", "") : Cut(authority[..at], authority.IndexOf(':', StringComparison.Ordinal) is var colon && colon >= 0 && colon < at ? colon : -1);
        List<(string Key, string Value)> pairs =
        [
            ("Username", user),
            ("Password", password),
            .. Hosts(authority[(at + 1)..]),
            ("Database", database),
        ];
        foreach ((string key, string value) in pairs.Where(p => p.Value.Length > 0))
        {
            yield return (key, Decode(value));
        }

        foreach (string option in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            (string name, string value) = Cut(option, option.IndexOf('=', StringComparison.Ordinal));
            string key = Options.GetValueOrDefault(Decode(name)) ?? Decode(name);
            yield return (key, key == "SSL Mode" ? SslMode(Decode(value)) : Decode(value));
        }
    }

    /// <summary>Converts a mode of libpq, such as <c>verify-full</c>, to Npgsql's form, such as <c>verifyfull</c>.</summary>
    public static string SslMode(string mode) => mode.Replace("-", "", StringComparison.Ordinal);

    private static IEnumerable<(string Key, string Value)> Hosts(string hosts)
    {
        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            // Npgsql accepts a list of hosts in this form.
            yield return ("Host", hosts);
            yield break;
        }

        int colon = hosts.LastIndexOf(':');
        bool hasPort = colon > hosts.LastIndexOf(']');
        yield return ("Host", (hasPort ? hosts[..colon] : hosts).Trim('[', ']'));
        yield return ("Port", hasPort ? hosts[(colon + 1)..] : "");
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);

    /// <summary>Splits a text at the character with the given index; -1 means that the first part is the whole text.</summary>
    private static (string Before, string After) Cut(string text, int at) => at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
}
