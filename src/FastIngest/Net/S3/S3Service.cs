using System.Net;

namespace FastIngest.Net.S3;

/// <summary>A server of S3, and the signatures of requests for it. Thread-safe.</summary>
/// <param name="settings">Where it is, and who asks.</param>
/// <param name="time">The clock.</param>
internal sealed class S3Service(S3Settings settings, TimeProvider time)
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private volatile string _region = settings.Region;

    /// <summary>Returns the server that the environment names.</summary>
    /// <param name="variable">Returns an environment variable.</param>
    /// <exception cref="IngestException">A setting is invalid, or the library for signatures is missing.</exception>
    public static S3Service Load(Func<string, string?> variable)
    {
        OpenSslLibrary.Require("Objects in S3");
        return new S3Service(S3Settings.Load(variable), TimeProvider.System);
    }

    /// <summary>Splits a path such as <c>s3://BUCKET/KEY</c>.</summary>
    /// <exception cref="IngestException">The path names no bucket.</exception>
    public static (string Bucket, string Key) Split(string path)
    {
        string[] parts = path[RemotePath.S3.Length..].Split('/', 2);
        string bucket = parts[0];
        return bucket.Length is >= 3 and <= 255 && bucket.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && !bucket.Contains("..", StringComparison.Ordinal)
            ? (bucket, parts.ElementAtOrDefault(1) ?? "")
            : throw new IngestException($"{path} names no bucket.", "Write s3://BUCKET/KEY or s3://BUCKET/PREFIX/.");
    }

    /// <summary>Returns a URL of a bucket.</summary>
    /// <param name="bucket">The name of the bucket.</param>
    /// <param name="key">The key of an object; empty for the bucket itself.</param>
    /// <param name="query">The query, percent-encoded; empty for none.</param>
    public Uri UriOf(string bucket, string key, string query = "")
    {
        string region = _region;
        string suffix = region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";

        // The certificate of AWS is valid for names without a further dot.
        bool isHostName = bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        string server = settings.Endpoint is { } endpoint ? endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + bucket
            : isHostName ? $"https://{bucket}.s3.{region}.{suffix}"
            : $"https://s3.{region}.{suffix}/{bucket}";

        // The path stays as it is signed: a key may contain what looks like a folder above.
        return new Uri($"{server}/{SigV4.Encode(key, isPath: true)}{(query.Length > 0 ? "?" + query : "")}", AsWritten);
    }

    /// <summary>Signs a request, if there are credentials.</summary>
    public void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        Uri url = request.RequestUri!;
        string hash = SigV4.Hash(body);
        DateTime now = time.GetUtcNow().UtcDateTime;
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", hash);
        request.Headers.TryAddWithoutValidation("x-amz-date", SigV4.TimeText(now));
        if (settings.Credentials is not { } credentials)
        {
            return;
        }

        if (credentials.SessionToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("x-amz-security-token", token);
        }

        string host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
        List<(string Name, string Value)> headers = [("host", url.IsDefaultPort ? host : $"{host}:{url.Port}")];
        foreach (KeyValuePair<string, IEnumerable<string>> header in request.Headers)
        {
            string name = header.Key.ToLowerInvariant();
            if (name == "range" || name.StartsWith("x-amz-", StringComparison.Ordinal))
            {
                headers.Add((name, string.Join(',', header.Value)));
            }
        }

        int query = url.PathAndQuery.IndexOf('?');
        string path = query < 0 ? url.PathAndQuery : url.PathAndQuery[..query];
        request.Headers.TryAddWithoutValidation(
            "Authorization", SigV4.Authorize(credentials, _region, "s3", now, request.Method.Method, path, query < 0 ? "" : url.PathAndQuery[(query + 1)..], headers, hash));
    }

    /// <summary>Learns from an error in which region a bucket is. Returns whether it is another one than it was.</summary>
    public bool LearnRegion(HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues("x-amz-bucket-region", out IEnumerable<string>? values) && values.FirstOrDefault() is { Length: > 0 } region
            && region != _region && region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            _region = region;
            return true;
        }

        return false;
    }

    /// <summary>Explains an error by the code in its body.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="body">The beginning of the body.</param>
    /// <param name="missing">What the user can do if there is no such object or bucket.</param>
    public (string Said, string Remedy) Explain(HttpStatusCode status, string body, string missing)
    {
        string code = S3Xml.TextOf(body, "Code") ?? "", message = S3Xml.TextOf(body, "Message") ?? "";
        string remedy = status switch
        {
            HttpStatusCode.NotFound => missing,
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized when settings.Credentials is null => "No credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => $"Check that the key {settings.Credentials?.KeyId} may do that, and has not expired.",
            _ => "Check the bucket, the region and the endpoint.",
        };
        return (message.Length > 0 ? $"{code}, {message}" : code, remedy);
    }
}
