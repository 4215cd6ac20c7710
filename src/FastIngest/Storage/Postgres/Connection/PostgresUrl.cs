using System.Globalization;

namespace FastIngest.Storage.Postgres.Connection;

/// <summary>
/// Converts URLs of libpq to Npgsql's keywords. The form after the scheme is
/// <c>user:password@host:port,host:port/database?option=value</c>. A host may be an IPv6 address in brackets. It may also be the
/// folder of a Unix socket, percent-encoded or given as the option <c>host</c>.
/// </summary>
internal static class PostgresUrl
{
    private const string Encode =
        "In a URL, write the special characters of a user, password or database percent-encoded: @ as %40, / as %2F, # as %23, ? as %3F, % as %25, : as %3A, a space as %20; or set $PGPASSWORD instead.";

    /// <summary>Returns the keywords of a URL and their decoded values.</summary>
    /// <param name="rest">The text after <c>postgres://</c>.</param>
    /// <param name="ignored">Receives the names of options that are ignored.</param>
    /// <exception cref="IngestException">The URL is invalid, or has an option that is not supported. The message contains no value.</exception>
    public static IEnumerable<(string Key, string Value)> Read(string rest, List<string> ignored)
    {
        (string beforeQuery, string query) = Cut(rest, rest.IndexOf('?', StringComparison.Ordinal));
        (string authority, string database) = Cut(beforeQuery, beforeQuery.IndexOf('/', StringComparison.Ordinal));
        int at = authority.LastIndexOf('@');
        if (database.Contains('@', StringComparison.Ordinal) || (at < 0 && !HasValidPorts(authority)))
        {
            // A password with "/" or "?" ends the authority too early, so that its rest looks like a database, a port or an option.
            throw new IngestException("The PostgreSQL URL is cut apart by a special character, probably one of the password.", Encode);
        }

        if (!HasValidPorts(authority[(at + 1)..]))
        {
            throw new IngestException("The PostgreSQL target has an invalid value for 'Port'.", $"Correct it. {Encode}");
        }

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
            name = Decode(name);
            if (!IsName(name))
            {
                throw new IngestException("The PostgreSQL URL has an option whose name holds special characters; probably the password holds a '?'.", Encode);
            }

            foreach ((string, string) keyword in PostgresUrlOptions.Convert(name, Decode(value), ignored))
            {
                yield return keyword;
            }
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

    /// <summary>Whether every host has no port, or a number as its port.</summary>
    private static bool HasValidPorts(string hosts) => hosts.Split(',').All(host =>
        host.LastIndexOf(':') is var colon && (colon <= host.LastIndexOf(']') || colon == host.Length - 1 || ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)));

    /// <summary>Whether a text may be the name of an option. Any other text may be a part of a password and is not shown.</summary>
    private static bool IsName(string text) => text.Length is > 0 and < 64 && text.All(c => char.IsAsciiLetter(c) || c is '_' or ' ');

    private static string Decode(string text) => Uri.UnescapeDataString(text);

    /// <summary>Splits a text at the character with the given index; -1 means that the first part is the whole text.</summary>
    private static (string Before, string After) Cut(string text, int at) => at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
}
