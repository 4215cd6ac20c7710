namespace FastIngest.Storage.Http;

/// <summary>
/// Finds the token of an API in the environment. A token belongs to one host and is never sent to another one:
/// <c>API_TOKEN_HOST_PORT</c>, else <c>API_TOKEN_HOST</c>, else the token without a host if the API is the one of
/// <c>$API_URL</c> or the only one of the run. <c>…_FILE</c> names a file that contains the token.
/// </summary>
internal static class ApiTokens
{
    /// <summary>The environment variables that hold a token without a host.</summary>
    public const string TokenVariable = "API_TOKEN", WeaviateKeyVariable = "WEAVIATE_API_KEY", EmbeddingTokenVariable = "EMBEDDING_TOKEN";

    /// <summary>The environment variable that names the embedding server.</summary>
    public const string EmbeddingUrlVariable = "EMBEDDING_URL";

    private const string FileSuffix = "_FILE";

    /// <summary>A file of more bytes holds no token.</summary>
    private const int MaxFileBytes = 64 << 10;

    /// <summary>Returns the token of an API; null when it has none.</summary>
    /// <param name="api">The URL of the API.</param>
    /// <param name="kind">Its protocol.</param>
    /// <param name="isOnlyApi">Whether the run delivers to no other API.</param>
    /// <param name="variable">Returns an environment variable.</param>
    /// <exception cref="IngestException">A token is invalid, its file cannot be read, or it is unclear which API the token is for.</exception>
    public static string? Find(Uri api, ApiKind kind, bool isOnlyApi, Func<string, string?> variable)
    {
        string host = NameOf(api.Host.Trim('[', ']'));
        string[] own = [$"{TokenVariable}_{host}_{api.Port}", $"{TokenVariable}_{host}"];
        foreach (string name in own)
        {
            // For a host named "file", API_TOKEN_FILE would be both a token and the name of a file; it is the latter.
            if (name != TokenVariable + FileSuffix && Read(name, variable) is { } token)
            {
                return token;
            }
        }

        // $API_TOKEN is for an API that receives summaries; an embedding server is usually somebody else's.
        string[] general = kind switch
        {
            ApiKind.Weaviate => [WeaviateKeyVariable, TokenVariable],
            ApiKind.Embedding => [EmbeddingTokenVariable],
            _ => [TokenVariable],
        };
        foreach (string name in general)
        {
            if (Read(name, variable) is { } token && IsFor(api, name, isOnlyApi, own[^1], variable))
            {
                return token;
            }
        }

        return null;
    }

    private static bool IsFor(Uri api, string name, bool isOnlyApi, string own, Func<string, string?> variable)
    {
        string urlVariable = name switch { TokenVariable => "API_URL", EmbeddingTokenVariable => EmbeddingUrlVariable, _ => "WEAVIATE_URL" };
        string? url = variable(urlVariable);
        if (isOnlyApi)
        {
            return true;
        }

        if (string.IsNullOrEmpty(url))
        {
            throw new IngestException($"${name} is the token of one API, but the run delivers to several.", $"Set a token for each host, such as ${own}, or name the API of ${name} with ${urlVariable}.");
        }

        return ServerOf(url) is { } server && server == ServerOf(api.AbsoluteUri);
    }

    private static string? ServerOf(string url)
    {
        string http = url.StartsWith("weaviate", StringComparison.OrdinalIgnoreCase) ? "http" + url["weaviate".Length..] : url;
        if (!Uri.TryCreate(http, UriKind.Absolute, out Uri? parsed))
        {
            return null;
        }

        int port = http != url && parsed.IsDefaultPort && parsed.Scheme == Uri.UriSchemeHttp && !parsed.OriginalString.Contains(":80/", StringComparison.Ordinal) ? ApiAddress.WeaviatePort : parsed.Port;
        return $"{parsed.Scheme}://{parsed.Host}:{port}";
    }

    private static string? Read(string name, Func<string, string?> variable)
    {
        string? token = variable(name)?.Trim(), path = variable(name + FileSuffix)?.Trim();
        string source = "$" + name;
        if (!string.IsNullOrEmpty(path))
        {
            if (!string.IsNullOrEmpty(token))
            {
                throw new IngestException($"${name} and ${name}{FileSuffix} are both set.", "Set one of them.");
            }

            source = $"The file of ${name}{FileSuffix}";
            token = ReadFile(path, source);
        }

        return string.IsNullOrEmpty(token) ? null
            : token.All(c => c is > ' ' and < '\x7f') ? token
            : throw new IngestException($"{source} holds characters that no token has.", "Set it to the token alone.");
    }

    private static string ReadFile(string path, string source)
    {
        try
        {
            FileInfo file = new(path);
            return file.Length <= MaxFileBytes && File.ReadAllText(path).Trim() is { Length: > 0 } token
                ? token
                : throw new IngestException($"{source}, {path}, holds no token.", "Write the token alone into it.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IngestException($"{source} cannot be read: {fault.Message}", "Check the path and the permissions.");
        }
    }

    /// <summary>Returns the host as environment variables can be named: upper case, and <c>_</c> for all but letters and digits.</summary>
    private static string NameOf(string host) => string.Concat(host.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
