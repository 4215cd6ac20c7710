using System.Net.Http.Headers;
using System.Text;

namespace FastIngest.Storage.Http;

/// <summary>How summaries are handed over.</summary>
internal enum ApiKind
{
    /// <summary>One <c>POST</c> a summary.</summary>
    Ingest,

    /// <summary>Batches of objects of a Weaviate class.</summary>
    Weaviate,
}

/// <summary>
/// An API by its URL. What the URL says of a user, and the values of its query, go nowhere but to the API itself:
/// <see cref="DisplayName"/>, under which deliveries are recorded too, leaves them out.
/// </summary>
internal sealed class ApiAddress
{
    /// <summary>The environment variables that hold what an API asks for as <c>Authorization: Bearer</c>.</summary>
    public const string TokenVariable = "API_TOKEN", WeaviateKeyVariable = "WEAVIATE_API_KEY";

    private const int WeaviatePort = 8080, HttpsPort = 443;

    private static readonly (string Prefix, string Scheme, ApiKind Kind)[] Kinds =
    [
        ("http://", "http", ApiKind.Ingest),
        ("https://", "https", ApiKind.Ingest),
        ("weaviate://", "http", ApiKind.Weaviate),
        ("weaviates://", "https", ApiKind.Weaviate),
    ];

    private readonly string[] _secrets;

    private ApiAddress(Uri address, string className, string displayName, AuthenticationHeaderValue? authorization, string[] secrets)
    {
        Uri = address;
        ClassName = className;
        DisplayName = displayName;
        Authorization = authorization;
        _secrets = secrets;
    }

    /// <summary>The URL that summaries are posted to; for Weaviate that of the server.</summary>
    public Uri Uri { get; }

    /// <summary>Weaviate's class; empty for others.</summary>
    public string ClassName { get; }

    /// <summary>The URL as shown to the user and as the key of its deliveries, without any secret.</summary>
    public string DisplayName { get; }

    public AuthenticationHeaderValue? Authorization { get; }

    /// <summary>What the URLs of a kind of API begin with.</summary>
    public static IReadOnlyList<string> Prefixes(ApiKind kind) => [.. Kinds.Where(k => k.Kind == kind).Select(k => k.Prefix)];

    /// <summary>Reads a URL with one of the prefixes, and the environment for what the API asks of its clients.</summary>
    /// <exception cref="IngestException">It makes no sense. The message repeats nothing that could be a secret.</exception>
    public static ApiAddress Parse(string target) => Parse(target, Environment.GetEnvironmentVariable);

    /// <summary>Makes sure that it can be reached from here at all.</summary>
    /// <exception cref="IngestException">Something is not installed.</exception>
    public void RequireLibraries()
    {
        if (Uri.Scheme == Uri.UriSchemeHttps)
        {
            OpenSslLibrary.Require("APIs over TLS");
        }
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static ApiAddress Parse(string target, Func<string, string?> variable)
    {
        (string prefix, string scheme, ApiKind kind) = Kinds.First(k => target.StartsWith(k.Prefix, StringComparison.OrdinalIgnoreCase));
        string name = prefix[..^3];
        // Of a scheme that it does not know, Uri tells whether there was a port.
        string parsedScheme = kind == ApiKind.Weaviate ? "weaviate" : scheme;
        if (!Uri.TryCreate($"{parsedScheme}://{target[prefix.Length..]}", UriKind.Absolute, out Uri? url) || url.Host.Length == 0 || url.Fragment.Length > 0)
        {
            throw new IngestException($"The {name} URL makes no sense.", $"Write {(kind == ApiKind.Ingest ? $"{name}://HOST:PORT/PATH" : $"{name}://HOST:PORT/CLASS")}; special characters are percent-encoded.");
        }

        string className = "";
        Uri address = new(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped));
        if (kind == ApiKind.Weaviate)
        {
            className = ClassOf(url, name);
            address = new UriBuilder(scheme, url.Host, url.Port >= 0 ? url.Port : scheme == "https" ? HttpsPort : WeaviatePort).Uri;
        }

        (AuthenticationHeaderValue? authorization, string[] secrets) = Authorize(url, kind, variable);
        return new ApiAddress(address, className, Show(name, kind, address, className), authorization, [.. secrets, .. QueryValues(url)]);
    }

    /// <summary>A text of the API or of the network in one line of bearable length, without what the API must not repeat.</summary>
    public string Clean(string text)
    {
        const int MaxLength = 300;
        foreach (string secret in _secrets)
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        StringBuilder line = new();
        foreach (char c in text.Trim())
        {
            if (line.Length == MaxLength)
            {
                line.Append('…');
                break;
            }

            // A surrogate cut in two could not be stored.
            line.Append(char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c);
        }

        return line.ToString().TrimEnd();
    }

    private static string ClassOf(Uri url, string name)
    {
        string path = Uri.UnescapeDataString(url.AbsolutePath).Trim('/');
        bool isClass = path.Length is > 0 and < 256 && char.IsAsciiLetterUpper(path[0]) && path.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return isClass && url.Query.Length == 0
            ? path
            : throw new IngestException($"The {name} URL names no class.", $"Write {name}://HOST:PORT/CLASS, where CLASS is letters, digits and _ and begins with a capital, such as {name}://localhost:8080/DailySummary.");
    }

    private static (AuthenticationHeaderValue? Header, string[] Secrets) Authorize(Uri url, ApiKind kind, Func<string, string?> variable)
    {
        if (url.UserInfo.Length > 0)
        {
            string user = Uri.UnescapeDataString(url.UserInfo);
            string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(user));
            string password = user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..];
            return (new AuthenticationHeaderValue("Basic", basic), [basic, .. NotEmpty(password), .. NotEmpty(url.UserInfo)]);
        }

        string[] names = kind == ApiKind.Weaviate ? [WeaviateKeyVariable, TokenVariable] : [TokenVariable];
        foreach (string name in names)
        {
            if (variable(name)?.Trim() is { Length: > 0 } token)
            {
                return token.All(c => c is > ' ' and < '\x7f')
                    ? (new AuthenticationHeaderValue("Bearer", token), [token])
                    : throw new IngestException($"${name} holds characters that no token has.", "Set it to the token alone.");
            }
        }

        return (null, []);
    }

    /// <summary>The URL without its user and with the names of its query alone: a value may be a key.</summary>
    private static string Show(string name, ApiKind kind, Uri address, string className)
    {
        bool hasPort = kind == ApiKind.Weaviate || !address.IsDefaultPort;
        string place = $"{name}://{address.GetComponents(hasPort ? UriComponents.HostAndPort : UriComponents.Host, UriFormat.UriEscaped)}";
        string query = string.Join('&', address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Contains('=', StringComparison.Ordinal) ? p[..p.IndexOf('=', StringComparison.Ordinal)] + "=…" : "…"));
        return kind == ApiKind.Weaviate ? $"{place}/{className}" : place + address.AbsolutePath + (query.Length > 0 ? "?" + query : "");
    }

    private static IEnumerable<string> QueryValues(Uri url) =>
        url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p[(p.IndexOf('=', StringComparison.Ordinal) + 1)..])
            .SelectMany(v => (string[])[v, Uri.UnescapeDataString(v)])
            .Where(v => v.Length > 3);

    private static string[] NotEmpty(string text) => text.Length > 0 ? [text] : [];
}
