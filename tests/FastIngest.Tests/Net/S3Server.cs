using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using FastIngest.Net.S3;
using FastIngest.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FastIngest.Tests.Net;

/// <summary>
/// The part of S3 that servers from packages lack: it verifies signatures of version 4, honours conditions, and lists in small
/// pages. Objects are in memory; the server is a real one, Kestrel, on a free port of the loopback interface.
/// </summary>
public sealed class S3Server : IDisposable
{
    public const string Bucket = "exports", KeyId = "AKIDTEST", Secret = "tests/secret", Token = "tests-token", Region = "eu-north-1";

    private readonly LoopbackServer _server;

    public S3Server()
    {
        _server = new LoopbackServer(HandleAsync);
        Endpoint = _server.Address;
    }

    public string Endpoint { get; }

    /// <summary>The objects by their keys.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of keys of a page.</summary>
    public int PageKeys { get; set; } = 3;

    /// <summary>Whether objects can be read without a signature.</summary>
    public bool IsPublic { get; set; }

    /// <summary>Whether conditions of writes are ignored, as some servers do.</summary>
    public bool IgnoresConditions { get; set; }

    /// <summary>The objects that were written with another attempt's condition, and so were not stored.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    /// <summary>Whether the connection is cut off after a request was carried out, so that its response is lost.</summary>
    public Func<string, bool>? LosesResponse { get; set; }

    /// <summary>Called before an object is sent, with its key.</summary>
    public Action<string>? BeforeRead { get; set; }

    /// <summary>What was stored beside an object.</summary>
    private readonly ConcurrentDictionary<string, string> _attempts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SortedDictionary<int, byte[]>> _uploads = new(StringComparer.Ordinal);
    private readonly Lock _writing = new();

    /// <summary>The method and the target of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What a client needs in its environment.</summary>
    public (string Name, string Value)[] Environment =>
        [("AWS_ACCESS_KEY_ID", KeyId), ("AWS_SECRET_ACCESS_KEY", Secret), ("AWS_SESSION_TOKEN", Token), ("AWS_ENDPOINT_URL_S3", Endpoint), ("AWS_REGION", Region), ("HOME", "/nonexistent")];

    public void Dispose() => _server.Dispose();

    private async Task HandleAsync(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        string[] parts = target.Split('?', 2);
        Requests.Enqueue($"{context.Request.Method} {target}");
        string key = Uri.UnescapeDataString(parts[0][Math.Min(parts[0].Length, Bucket.Length + 2)..]);
        if (Fault(context.Request, parts[0], parts.ElementAtOrDefault(1) ?? "") is var (code, region) && code.Length > 0)
        {
            if (region)
            {
                context.Response.Headers["x-amz-bucket-region"] = Region;
            }

            await ErrorAsync(context, region ? 400 : 403, code);
        }
        else if (!parts[0].StartsWith($"/{Bucket}/", StringComparison.Ordinal))
        {
            await ErrorAsync(context, 404, "NoSuchBucket");
        }
        else if (key.Length == 0)
        {
            await ListAsync(context);
        }
        else if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            await SendAsync(context, key);
        }
        else
        {
            await ChangeAsync(context, key, target);
        }
    }

    private async Task ChangeAsync(HttpContext context, string key, string target)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        if (SigV4.Hash(body.ToArray()) != context.Request.Headers["x-amz-content-sha256"])
        {
            await ErrorAsync(context, 400, "XAmzContentSHA256Mismatch");
            return;
        }

        (int status, string text) = Change(context, key, body.ToArray());
        if (LosesResponse?.Invoke($"{context.Request.Method} {target}") == true)
        {
            context.Abort();
        }
        else if (status >= 400)
        {
            await ErrorAsync(context, status, text);
        }
        else
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(text);
        }
    }

    /// <summary>Carries out a write; returns the status, and the body or the code of the error.</summary>
    private (int Status, string Text) Change(HttpContext context, string key, byte[] body)
    {
        IQueryCollection query = context.Request.Query;
        string upload = query["uploadId"].ToString();
        lock (_writing)
        {
            switch (context.Request.Method)
            {
                case "DELETE" when upload.Length > 0:
                    _uploads.TryRemove(upload, out _);
                    return (204, "");
                case "DELETE":
                    Objects.TryRemove(key, out _);
                    return (204, "");
                case "POST" when query.ContainsKey("uploads"):
                    upload = $"upload/{_uploads.Count}+{Guid.NewGuid():N}";
                    _uploads[upload] = [];
                    return (200, $"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>");
                case "POST":
                    if (!_uploads.TryRemove(upload, out SortedDictionary<int, byte[]>? parts))
                    {
                        return (404, "NoSuchUpload");
                    }

                    string list = System.Text.Encoding.UTF8.GetString(body);
                    if (parts.Any(p => !list.Contains($"<PartNumber>{p.Key}</PartNumber><ETag>&quot;{Tag(p.Value)}&quot;</ETag>", StringComparison.Ordinal)))
                    {
                        return (400, "InvalidPart");
                    }

                    Objects[key] = [.. parts.Values.SelectMany(p => p)];
                    return (200, "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
                case "PUT" when upload.Length > 0:
                    _uploads[upload][int.Parse(query["partNumber"].ToString(), CultureInfo.InvariantCulture)] = body;
                    context.Response.Headers.ETag = $"\"{Tag(body)}\"";
                    return (200, "");
                default:
                    if (context.Request.Headers.IfNoneMatch == "*" && !IgnoresConditions && Objects.ContainsKey(key))
                    {
                        Refused.Enqueue(key);
                        return (412, "PreconditionFailed");
                    }

                    Objects[key] = body;
                    _attempts[key] = context.Request.Headers["x-amz-meta-attempt"].ToString();
                    return (200, "");
            }
        }
    }

    /// <summary>Why a request is not accepted, and whether that is for its region; an empty text if it is.</summary>
    private (string Code, bool IsOfRegion) Fault(HttpRequest request, string path, string query)
    {
        string given = request.Headers.Authorization.ToString();
        if (given.Length == 0)
        {
            return (IsPublic ? "" : "AccessDenied", false);
        }

        string names = given[(given.IndexOf("SignedHeaders=", StringComparison.Ordinal) + 14)..].Split(',')[0];
        string scope = given[(given.IndexOf("Credential=", StringComparison.Ordinal) + 11)..].Split(',')[0];
        if (scope.Split('/')[0] != KeyId || request.Headers["x-amz-security-token"] != Token)
        {
            return ("InvalidAccessKeyId", false);
        }

        if (scope.Split('/')[2] != Region)
        {
            return ("AuthorizationHeaderMalformed", true);
        }

        DateTime time = DateTime.ParseExact(request.Headers["x-amz-date"].ToString(), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
        string expected = SigV4.Authorize(
            new S3Credentials(KeyId, Secret, Token), Region, "s3", time, request.Method, path, query,
            names.Split(';').Select(n => (n, request.Headers[n].ToString())), request.Headers["x-amz-content-sha256"].ToString());
        bool signsAll = request.Headers.Keys.All(k => !k.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) || names.Split(';').Contains(k.ToLowerInvariant()));
        return (given == expected && signsAll && Math.Abs((DateTime.UtcNow - time).TotalMinutes) < 15 ? "" : "SignatureDoesNotMatch", false);
    }

    private async Task ListAsync(HttpContext context)
    {
        string prefix = context.Request.Query["prefix"].ToString(), after = context.Request.Query["continuation-token"].ToString();
        string[] keys = [.. Objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(k, after) > 0).Order(StringComparer.Ordinal)];
        string items = string.Concat(keys.Take(PageKeys).Select(k => $"<Contents><Key>{WebUtility.HtmlEncode(k)}</Key><ETag>&quot;{Tag(Objects[k])}&quot;</ETag><Size>{Objects[k].Length}</Size><LastModified>2024-01-02T03:04:05.000Z</LastModified></Contents>"));
        string next = keys.Length > PageKeys ? $"<NextContinuationToken>{WebUtility.HtmlEncode(keys[PageKeys - 1])}</NextContinuationToken>" : "";
        await context.Response.WriteAsync($"<?xml version=\"1.0\"?>\n<ListBucketResult><IsTruncated>{(next.Length > 0 ? "true" : "false")}</IsTruncated>{items}{next}</ListBucketResult>");
    }

    private async Task SendAsync(HttpContext context, string key)
    {
        BeforeRead?.Invoke(key);
        if (!Objects.TryGetValue(key, out byte[]? bytes))
        {
            await ErrorAsync(context, 404, "NoSuchKey");
            return;
        }

        string condition = context.Request.Headers.IfMatch.ToString(), range = context.Request.Headers.Range.ToString();
        if (condition.Length > 0 && condition != $"\"{Tag(bytes)}\"")
        {
            await ErrorAsync(context, 412, "PreconditionFailed");
            return;
        }

        string[] ends = range.Length > 0 ? range["bytes=".Length..].Split('-') : ["0", $"{int.MaxValue}"];
        long from = long.Parse(ends[0]), end = Math.Min(bytes.Length, long.Parse(ends[1]) + 1);
        if (range.Length > 0 && from >= bytes.Length)
        {
            await ErrorAsync(context, 416, "InvalidRange");
            return;
        }

        context.Response.StatusCode = range.Length > 0 ? 206 : 200;
        context.Response.Headers.ETag = $"\"{Tag(bytes)}\"";
        if (range.Length > 0)
        {
            context.Response.Headers.ContentRange = $"bytes {from}-{end - 1}/{bytes.Length}";
        }

        context.Response.ContentLength = end - from;
        if (_attempts.TryGetValue(key, out string? attempt) && attempt.Length > 0)
        {
            context.Response.Headers["x-amz-meta-attempt"] = attempt;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await context.Response.Body.WriteAsync(bytes.AsMemory((int)from, (int)(end - from)));
    }

    private static string Tag(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..32];

    private static async Task ErrorAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync($"<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>What the server says of {code}.</Message></Error>");
    }
}
