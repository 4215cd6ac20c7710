using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using FastIngest.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace FastIngest.Tests.Storage.Http;

/// <summary>A request that the server received completely.</summary>
public sealed record ReceivedRequest(string Path, string Body, string? Key, string? Authorization, long? ContentLength, string? ContentType, string Protocol)
{
    private JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Text => Json.GetProperty("text").GetString()!;

    /// <summary>The user and the day, such as <c>u1 2024-01-01</c>.</summary>
    public string Summary => Json.GetProperty("meta").GetProperty("user_id").GetString() + " " + Json.GetProperty("meta").GetProperty("date").GetString();
}

/// <summary>A real HTTP server, Kestrel, on a free port of the loopback interface, whose responses the test defines.</summary>
public sealed class ApiServer : IAsyncDisposable, IDisposable
{
    private readonly LoopbackServer _server;
    private readonly Func<HttpContext, ReceivedRequest, Task> _respond;
    private readonly bool _respondsToGet;
    private readonly Lock _counting = new();
    private int _underWay;

    private ApiServer(Func<HttpContext, ReceivedRequest, Task>? respond, X509Certificate2? certificate, bool respondsToGet)
    {
        _respondsToGet = respondsToGet;
        _respond = respond ?? ((context, _) => Ok(context));
        _server = new LoopbackServer(HandleAsync, certificate);
        Url = _server.Url + "/ingest";
    }

    /// <summary>The URL of the server, such as <c>http://localhost:43210/ingest</c>.</summary>
    public string Url { get; }

    public int Port => new Uri(Url).Port;

    /// <summary>All requests in the order of their arrival.</summary>
    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    /// <summary>The summaries that the server accepted, each with its last text.</summary>
    public ConcurrentDictionary<string, string> Taken { get; } = new();

    /// <summary>The maximum number of concurrent requests.</summary>
    public int Peak { get; private set; }

    /// <param name="respond">Responds to a request. By default the server accepts it with 200 and <c>{"status": "ok"}</c>.</param>
    /// <param name="certificate">The certificate for TLS, which also enables HTTP/2; null for plain HTTP.</param>
    /// <param name="respondsToGet">Whether the test responds to GET, too; by default the response to GET is 405.</param>
    public static ApiServer Start(Func<HttpContext, ReceivedRequest, Task>? respond = null, X509Certificate2? certificate = null, bool respondsToGet = false) =>
        new(respond, certificate, respondsToGet);

    public static async Task Write(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    /// <summary>Accepts a summary.</summary>
    public async Task Ok(HttpContext context, string body = """{"status": "ok"}""")
    {
        ReceivedRequest request = (ReceivedRequest)context.Items["request"]!;
        Taken[request.Summary] = request.Text;
        await Write(context, 200, body);
    }

    public static X509Certificate2 MakeCertificate()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _server.Dispose();

    private async Task HandleAsync(HttpContext context)
    {
        lock (_counting)
        {
            Peak = Math.Max(Peak, ++_underWay);
        }

        try
        {
            if (HttpMethods.IsGet(context.Request.Method) && !_respondsToGet)
            {
                await Write(context, 405, "");
                return;
            }

            HttpRequest from = context.Request;
            using StreamReader reader = new(from.Body);
            ReceivedRequest request = new(
                from.Path + from.QueryString, await reader.ReadToEndAsync(), Header(from, "Idempotency-Key"), Header(from, "Authorization"), from.ContentLength, from.ContentType, from.Protocol);
            Requests.Enqueue(request);
            context.Items["request"] = request;
            await _respond(context, request);
        }
        finally
        {
            lock (_counting)
            {
                _underWay--;
            }
        }
    }

    private static string? Header(HttpRequest request, string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
}
