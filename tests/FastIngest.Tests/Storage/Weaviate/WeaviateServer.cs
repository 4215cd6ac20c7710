using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastIngest.Tests.Storage.Http;
using FastIngest.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace FastIngest.Tests.Storage.Weaviate;

/// <summary>
/// What Weaviate does with classes and batches, on a real HTTP server. Requests, and its own answers, are held against
/// Weaviate's OpenAPI file; what is wrong with them is in <see cref="Findings"/>.
/// </summary>
internal sealed class WeaviateServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _classes = new();
    private readonly ApiServer _http;

    public WeaviateServer() => _http = ApiServer.Start(HandleAsync, answersGet: true);

    public string Url => $"weaviate://localhost:{_http.Port}/DailySummary";

    public ConcurrentQueue<string> Findings { get; } = new();

    /// <summary>Objects by id, as they were sent.</summary>
    public ConcurrentDictionary<string, JsonObject> Objects { get; } = new();

    /// <summary>How many objects each batch held.</summary>
    public ConcurrentQueue<int> Batches { get; } = new();

    public ConcurrentQueue<ReceivedRequest> Requests => _http.Requests;

    public IReadOnlyDictionary<string, string> Classes => _classes;

    /// <summary>Answers a batch in place of the server; false leaves it to the server.</summary>
    public Func<HttpContext, JsonArray, Task<bool>> Intercept { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>Why an object is not taken; null when it is.</summary>
    public Func<JsonObject, string?> Complain { get; set; } = _ => null;

    /// <summary>Asked at every look whether it is ready.</summary>
    public Func<bool> IsReady { get; set; } = () => true;

    public void Define(string name, string definition) => _classes[name] = definition;

    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private Task HandleAsync(HttpContext context, ReceivedRequest request)
    {
        string method = context.Request.Method;
        return (method, request.Path) switch
        {
            ("GET", "/v1/.well-known/ready") => Answer(context, "/.well-known/ready", "get", IsReady() ? 200 : 503, "{}"),
            ("GET", var path) when path.StartsWith("/v1/schema/", StringComparison.Ordinal) =>
                Answer(context, "/schema/{className}", "get", _classes.ContainsKey(path[11..]) ? 200 : 404, _classes.GetValueOrDefault(path[11..], "{}")),
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
            ? Answer(context, "/schema", "post", 200, request.Body)
            : Answer(context, "/schema", "post", 422, """{"error": [{"message": "class name already exists"}]}""");
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

        await Answer(context, "/batch/objects", "post", 200, results.ToJsonString());
    }

    private Task Answer(HttpContext context, string path, string method, int status, string body)
    {
        Note(OpenApi.CheckAnswer(path, method, status, body));
        return ApiServer.Write(context, status, body);
    }

    private void Note(string[] findings) => Array.ForEach(findings, Findings.Enqueue);
}
