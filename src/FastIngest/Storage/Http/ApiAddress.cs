using System.Net.Http.Headers;
using System.Text;
using FastIngest.Net;

namespace FastIngest.Storage.Http;

/// <summary>The protocol of an API.</summary>
internal enum ApiKind
{
    /// <summary>One <c>POST</c> per summary.</summary>
    Ingest,

    /// <summary>Batches of objects of a Weaviate class.</summary>
    Weaviate,

    /// <summary>An embedding server with the API of OpenAI; its URL begins like that of <see cref="Ingest"/>.</summary>
    Embedding,
}

/// <summary>
/// The address of an API, parsed from its URL. The user information and the query values of the URL are secrets: they are
/// sent only to the API. <see cref="DisplayName"/>, which also identifies the API in the table <c>deliveries</c>, omits them.
/// </summary>
internal sealed class ApiAddress
{
    /// <summary>The port of a Weaviate server without TLS whose URL has none.</summary>
    public const int WeaviatePort = 8080;

    private const int HttpsPort = 443;

    private const string EmbeddingsPath = "/v1/embeddings";

    private static readonly (string Prefix, string Scheme, ApiKind Kind)[] Kinds =
    [
        ("http://", "http", ApiKind.Ingest),
        ("https://", "https", ApiKind.Ingest),
        ("weaviate://", "http", ApiKind.Weaviate),
        ("weaviates://", "https", ApiKind.Weaviate),
    ];

    private readonly string[] _secrets;

    private ApiAddress(Uri address, string className, string displayName, AuthenticationHeaderValue? authorization, HttpProxy? proxy, string[] secrets)
    {
        Uri = address;
        ClassName = className;
        DisplayName = displayName;
        Authorization = authorization;
        Proxy = proxy;
        _secrets = secrets;
    }

    /// <summary>The URL that summaries are posted to; for Weaviate, the URL of the server.</summary>
    public Uri Uri { get; }

    /// <summary>The Weaviate class; empty for other APIs.</summary>
    public string ClassName { get; }

    /// <summary>The URL as shown to the user and stored with deliveries, without any secret.</summary>
    public string DisplayName { get; }

    public AuthenticationHeaderValue? Authorization { get; }

    /// <summary>The proxy that the API is reached through; null without one.</summary>
    public HttpProxy? Proxy { get; }

    /// <summary>Returns the URL prefixes of a kind of API.</summary>
    public static IReadOnlyList<string> Prefixes(ApiKind kind) => [.. Kinds.Where(k => k.Kind == kind).Select(k => k.Prefix)];

    /// <summary>Parses a URL that starts with one of the prefixes, and reads the token and the proxy from the environment.</summary>
    /// <param name="target">The URL.</param>
    /// <param name="isOnlyApi">Whether the run delivers to no other API, so that a token without a host is meant for this one.</param>
    /// <exception cref="IngestException">The URL, the token or the proxy is invalid. The message contains nothing that could be a secret.</exception>
    public static ApiAddress Parse(string target, bool isOnlyApi = true) => Parse(target, Environment.GetEnvironmentVariable, isOnlyApi);

    /// <summary>
    /// Parses the URL of an embedding server, and reads the token and the proxy from the environment. A URL without a path, or with
    /// the path <c>/v1</c>, means <c>/v1/embeddings</c>.
    /// </summary>
    /// <exception cref="IngestException">The URL, the token or the proxy is invalid. The message contains nothing that could be a secret.</exception>
    public static ApiAddress ParseEmbedding(string url)
    {
        if (!Kinds.Any(k => k.Kind == ApiKind.Ingest && url.StartsWith(k.Prefix, StringComparison.OrdinalIgnoreCase)))
        {
            throw new IngestException("The URL of the embedding server is invalid.", "Write http://HOST:PORT or https://HOST/v1/embeddings.");
        }

        bool isOnlyApi = string.IsNullOrEmpty(Environment.GetEnvironmentVariable(ApiTokens.EmbeddingUrlVariable));
        return Parse(url, Environment.GetEnvironmentVariable, isOnlyApi, isEmbedding: true);
    }

    /// <summary>Checks that the libraries for a connection to the API are installed.</summary>
    /// <exception cref="IngestException">A library is missing.</exception>
    public void RequireLibraries()
    {
        if (Uri.Scheme == Uri.UriSchemeHttps)
        {
            OpenSslLibrary.Require("APIs over TLS");
        }
    }

    /// <inheritdoc cref="Parse(string, bool)"/>
    public static ApiAddress Parse(string target, Func<string, string?> variable, bool isOnlyApi = true, bool isEmbedding = false)
    {
        (string prefix, string scheme, ApiKind kind) = Kinds.First(k => target.StartsWith(k.Prefix, StringComparison.OrdinalIgnoreCase));
        kind = isEmbedding ? ApiKind.Embedding : kind;
        string name = prefix[..^3];
        // For an unknown scheme, Uri.Port is -1 when the URL has no port.
        string parsedScheme = kind == ApiKind.Weaviate ? "weaviate" : scheme;
        if (!Uri.TryCreate($"{parsedScheme}://{target[prefix.Length..]}", UriKind.Absolute, out Uri? url) || url.Host.Length == 0 || url.Fragment.Length > 0)
        {
            throw new IngestException($"The {name} URL is invalid.", $"Write {(kind == ApiKind.Weaviate ? $"{name}://HOST:PORT/CLASS" : $"{name}://HOST:PORT/PATH")}; special characters are percent-encoded.");
        }

        string className = "";
        Uri address = new(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped));
        if (kind == ApiKind.Weaviate)
        {
            className = ClassOf(url, name);
            address = new UriBuilder(scheme, url.Host, url.Port >= 0 ? url.Port : scheme == "https" ? HttpsPort : WeaviatePort).Uri;
        }

        if (isEmbedding && address.AbsolutePath.TrimEnd('/') is "" or "/v1")
        {
            address = new UriBuilder(address) { Path = EmbeddingsPath }.Uri;
        }

        (AuthenticationHeaderValue? authorization, string[] secrets) = Authorize(url, address, kind, isOnlyApi, variable);
        HttpProxy? proxy = HttpProxy.Find(address, variable);
        return new ApiAddress(
            address, className, Show(name, kind, address, className), authorization, proxy, [.. secrets, .. NotEmpty(proxy?.Credentials?.Password ?? ""), .. QueryValues(url)]);
    }

    /// <summary>Turns a text from the API or the network into one line of limited length, and masks secrets in it.</summary>
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

            // A lone surrogate cannot be stored as UTF-8.
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

    private static (AuthenticationHeaderValue? Header, string[] Secrets) Authorize(Uri url, Uri address, ApiKind kind, bool isOnlyApi, Func<string, string?> variable)
    {
        if (url.UserInfo.Length > 0)
        {
            string user = Uri.UnescapeDataString(url.UserInfo);
            string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(user));
            string password = user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..];
            return (new AuthenticationHeaderValue("Basic", basic), [basic, .. NotEmpty(password), .. NotEmpty(url.UserInfo)]);
        }

        return ApiTokens.Find(address, kind, isOnlyApi, variable) is { } token ? (new AuthenticationHeaderValue("Bearer", token), [token]) : (null, []);
    }

    /// <summary>The URL without user information and without query values, because a value may be an API key.</summary>
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
