using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace FastIngest.Tests.Net;

/// <summary>A request that a server received.</summary>
public sealed record FileRequest(string Path, string Range, string IfMatch, string Authorization, string AcceptEncoding)
{
    /// <summary>The first byte that it asks for; -1 for the whole file.</summary>
    public long From => Range.Length == 0 ? -1 : long.Parse(Range["bytes=".Length..].Split('-')[0], System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A real web server, Kestrel, on a free port of the loopback interface. It sends parts of files and their ETags as web servers do, unless a test wants something else.</summary>
public sealed class FileServer : IDisposable
{
    private readonly LoopbackServer _server;

    private FileServer(X509Certificate2? certificate)
    {
        _server = new LoopbackServer(HandleAsync, certificate);
        Url = _server.Url + "/";
    }

    /// <summary>The URL of the server, such as <c>http://localhost:43210/</c>.</summary>
    public string Url { get; }

    /// <summary>The files by their paths, which begin with a slash.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>All requests in the order of their arrival.</summary>
    public ConcurrentQueue<FileRequest> Requests { get; } = new();

    /// <summary>Responds in another way, if it returns true. The number is that of the request, from 1.</summary>
    public Func<HttpContext, int, Task<bool>>? Instead { get; set; }

    public bool SendsRanges { get; set; } = true;

    /// <summary>How the ETag of a file is made; null for none.</summary>
    public Func<byte[], string?> Tag { get; set; } = bytes => $"\"{Convert.ToHexString(SHA256.HashData(bytes))[..16]}\"";

    /// <summary>Whether the server ignores conditions, as some proxies do.</summary>
    public bool IgnoresConditions { get; set; }

    public static FileServer Start(X509Certificate2? certificate = null) => new(certificate);

    /// <summary>Starts a server whose certificate is signed by nobody else; it is written to a file, which a client can trust.</summary>
    public static FileServer StartWithTls(string certificatePath)
    {
        using X509Certificate2 certificate = ApiServer.MakeCertificate();
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        return new FileServer(X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null));
    }

    /// <summary>Serves the files of a folder that are input, and returns their URLs.</summary>
    public string[] Serve(string folder) =>
        [.. Directory.GetFiles(folder).Where(f => !Path.GetFileName(f).StartsWith('.') && !Path.GetFileName(f).StartsWith("expected", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f => Serve(Path.GetFileName(f), File.ReadAllBytes(f)))];

    /// <summary>Serves a file, and returns its URL.</summary>
    public string Serve(string name, byte[] bytes)
    {
        Files["/" + name] = bytes;
        return Url + Uri.EscapeDataString(name);
    }

    public void Dispose() => _server.Dispose();

    /// <summary>Sends a file, or the part that the request asks for.</summary>
    public async Task SendAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        if (!Files.TryGetValue(context.Request.Path.Value!, out byte[]? bytes))
        {
            response.StatusCode = 404;
            return;
        }

        string? tag = Tag(bytes);
        string wanted = context.Request.Headers.IfMatch.ToString();
        if (wanted.Length > 0 && wanted != tag && !IgnoresConditions)
        {
            response.StatusCode = 412;
            return;
        }

        if (tag is not null)
        {
            response.Headers.ETag = tag;
        }

        string range = context.Request.Headers.Range.ToString();
        (int from, int end) = (0, bytes.Length);
        if (range.Length > 0 && SendsRanges)
        {
            string[] ends = range["bytes=".Length..].Split('-');
            (from, end) = ((int)long.Parse(ends[0]), (int)Math.Min(bytes.Length, long.Parse(ends[1]) + 1));
            response.StatusCode = from < bytes.Length ? 206 : 416;
            response.Headers.ContentRange = from < bytes.Length ? $"bytes {from}-{end - 1}/{bytes.Length}" : $"bytes */{bytes.Length}";
            (from, end) = from < bytes.Length ? (from, end) : (0, 0);
        }

        response.ContentLength = end - from;
        await response.Body.WriteAsync(bytes.AsMemory(from, end - from));
    }

    private async Task HandleAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        FileRequest request = new(context.Request.Path + context.Request.QueryString.ToString(), headers.Range.ToString(), headers.IfMatch.ToString(), headers.Authorization.ToString(), headers.AcceptEncoding.ToString());
        Requests.Enqueue(request);
        if (Instead is null || !await Instead(context, Requests.Count))
        {
            await SendAsync(context);
        }
    }
}
