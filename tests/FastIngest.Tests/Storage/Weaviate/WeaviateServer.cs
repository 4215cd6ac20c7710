using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace FastIngest.Tests.Storage.Weaviate;

/// <summary>
/// Simulates Weaviate's classes and batches on a real HTTP server. Requests and responses are checked against
/// Weaviate's OpenAPI file; the errors are in <see cref="Findings"/>.
/// </summary>
internal sealed class WeaviateServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _classes = new();
    private readonly ApiServer _http;

    public WeaviateServer() => _http = ApiServer.Start(HandleAsync, respondsToGet: true);

    public string Url => $"weaviate://localhost:{_http.Port}/DailySummary";

    public ConcurrentQueue<string> Findings { get; } = new();

    /// <summary>The received objects by id.</summary>
    public ConcurrentDictionary<string, JsonObject> Objects { get; } = new();

    /// <summary>The number of objects in each batch.</summary>
    public ConcurrentQueue<int> Batches { get; } = new();

    public ConcurrentQueue<ReceivedRequest> Requests => _http.Requests;

    public IReadOnlyDictionary<string, string> Classes => _classes;

    /// <summary>Responds to a batch in place of the server; returns false if the server should respond.</summary>
    public Func<HttpContext, JsonArray, Task<bool>> Intercept { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>Returns the error of an object; null if the object is accepted.</summary>
    public Func<JsonObject, string?> Complain { get; set; } = _ => null;

    /// <summary>Returns whether the server is ready; called for each readiness request.</summary>
    public Func<bool> IsReady { get; set; } = () => true;

    public void Define(string name, string definition) => _classes[name] = definition;

    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private Task HandleAsync(HttpContext context, ReceivedRequest request)
    {
        string method = context.Request.Method;
        return (method, request.Path) switch
        {
            ("GET", "/v1/.well-known/ready") => Respond(context, "/.well-known/ready", "get", IsReady() ? 200 : 503, "{}"),
            ("GET", var path) when path.StartsWith("/v1/schema/", StringComparison.Ordinal) =>
                Respond(context, "/schema/{className}", "get", _classes.ContainsKey(path[11..]) ? 200 : 404, _classes.GetValueOrDefault(path[11..], "{}")),
            ("POST", "/v1/schema") => CreateAsync(context, request),
            ("POST", "/v1/batch/objects") => AddAsync(context, request),
            _ => ApiServer.Write(context, 404, ""),
        };
    }

    private Task CreateAsync(HttpContext context, ReceivedRequest request)
    {
        Note(OpenApi.CheckRequest("/schema", "post", request.Body));
        string name = JsonDocument.Parse(request.Body).RootElement.GetProperty("class").GetString()!;
        return _classes.TryAdd(name, request.Body)
            ? Respond(context, "/schema", "post", 200, request.Body)
            : Respond(context, "/schema", "post", 422, """{"error": [{"message": "class name already exists"}]}""");
    }

    private async Task AddAsync(HttpContext context, ReceivedRequest request)
    {
        Note(OpenApi.CheckRequest("/batch/objects", "post", request.Body));
        JsonArray objects = JsonNode.Parse(request.Body)!["objects"]!.AsArray();
        Batches.Enqueue(objects.Count);
        if (await Intercept(context, objects))
        {
            return;
        }

        JsonArray results = [];
        foreach (JsonObject each in objects.Select(o => o!.AsObject()))
        {
            string id = each["id"]!.ToString();
            string? error = Complain(each)
                ?? (!_classes.TryGetValue(each["class"]!.ToString(), out string? known) ? "class not found"
                    : each["properties"]!.AsObject().Any(p => !known.Contains($"\"{p.Key}\"", StringComparison.Ordinal)) ? "auto-schema is off"
                    : DateTimeOffset.TryParseExact(each["properties"]!["date"]!.ToString(), "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? null : "no RFC 3339 date");
            if (error is null)
            {
                Objects[id] = each;
            }

            results.Add(new JsonObject
            {
                ["class"] = each["class"]!.ToString(),
                ["id"] = id,
                ["properties"] = new JsonObject { ["result"] = new JsonObject { ["status"] = "FAILED" } },
                ["vector"] = new JsonArray(0.25, -1e-7),
                ["result"] = error is null
                    ? new JsonObject { ["status"] = "SUCCESS" }
                    : new JsonObject { ["status"] = "FAILED", ["errors"] = new JsonObject { ["error"] = new JsonArray(new JsonObject { ["message"] = error }) } },
            });
        }

        await Respond(context, "/batch/objects", "post", 200, results.ToJsonString());
    }

    private Task Respond(HttpContext context, string path, string method, int status, string body)
    {
        Note(OpenApi.CheckResponse(path, method, status, body));
        return ApiServer.Write(context, status, body);
    }

    private void Note(string[] findings) => Array.ForEach(findings, Findings.Enqueue);
}
