using System.Net;

namespace FastIngest.Net;

/// <summary>
/// The proxy that the environment names for a server: <c>http_proxy</c> or <c>https_proxy</c> by the scheme of the URL, else
/// <c>all_proxy</c>, each also in upper case. <c>no_proxy</c> lists the hosts that are reached directly.
/// </summary>
/// <param name="Variable">The environment variable that names the proxy.</param>
/// <param name="Address">The URL of the proxy without its user information.</param>
/// <param name="Credentials">The user and the password of the proxy; null without them.</param>
internal sealed record HttpProxy(string Variable, Uri Address, NetworkCredential? Credentials)
{
    private static readonly string[] Schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    /// <summary>The host and the port of the proxy.</summary>
    public string DisplayName => Address.GetComponents(UriComponents.HostAndPort, UriFormat.UriEscaped);

    /// <summary>The words that an error of a connection through the proxy ends with.</summary>
    public string Suffix => $" (through the proxy {DisplayName}, which ${Variable} names)";

    /// <summary>Returns the proxy of a server; null when it is reached directly.</summary>
    /// <param name="server">The URL of the server.</param>
    /// <param name="variable">Returns an environment variable.</param>
    /// <exception cref="IngestException">The variable does not contain the URL of a proxy. The message does not repeat its value.</exception>
    public static HttpProxy? Find(Uri server, Func<string, string?> variable)
    {
        string own = server.Scheme + "_proxy";
        string? name = Array.Find([own, Upper(own), "all_proxy", "ALL_PROXY"], n => variable(n)?.Trim().Length > 0);
        return name is null || IsExcluded(server, variable("no_proxy") ?? variable("NO_PROXY") ?? "") ? null : Parse(name, variable(name)!.Trim());
    }

    /// <summary>Returns the proxy as the HTTP client takes it.</summary>
    public IWebProxy ToWebProxy() => new OnlyProxy(Address) { Credentials = Credentials };

    private static string Upper(string name) => name.ToUpperInvariant();

    private static HttpProxy Parse(string name, string value)
    {
        string url = value.Contains("://", StringComparison.Ordinal) ? value : "http://" + value;
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.Host.Length == 0 || !Schemes.Contains(parsed.Scheme))
        {
            throw new IngestException($"${name} does not contain the URL of a proxy.", "Write http://HOST:PORT, or remove the variable.");
        }

        // Uri knows no default port for SOCKS.
        Uri address = new UriBuilder(parsed.Scheme, parsed.Host, parsed.Port >= 0 ? parsed.Port : 1080).Uri;
        string[] parts = parsed.UserInfo.Split(':', 2);
        NetworkCredential? credentials = parsed.UserInfo.Length == 0 ? null : new(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? ""));
        return new HttpProxy(name, address, credentials);
    }

    /// <summary>Whether a list such as <c>localhost,.example.com,10.0.0.0/8,api:8080</c> or <c>*</c> contains the host of a server.</summary>
    private static bool IsExcluded(Uri server, string list)
    {
        string host = server.Host.Trim('[', ']');
        return list.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(Matches);

        bool Matches(string entry)
        {
            if (entry == "*")
            {
                return true;
            }

            if (IPAddress.TryParse(host, out IPAddress? ip))
            {
                return (IPNetwork.TryParse(entry, out IPNetwork network) && network.Contains(ip))
                    || (IPAddress.TryParse(entry, out IPAddress? same) && same.Equals(ip))
                    || (IPEndPoint.TryParse(entry, out IPEndPoint? place) && place.Address.Equals(ip) && place.Port == server.Port);
            }

            int colon = entry.LastIndexOf(':');
            string domain = (colon < 0 ? entry : entry[..colon]).TrimStart('*').TrimStart('.');
            bool isPort = colon < 0 || entry[(colon + 1)..] == server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return isPort && domain.Length > 0
                && (host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>A proxy for all addresses. <see cref="WebProxy"/> would bring the interpreter of regular expressions for its list of exceptions.</summary>
    private sealed class OnlyProxy(Uri address) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => address;

        public bool IsBypassed(Uri host) => false;
    }
}
