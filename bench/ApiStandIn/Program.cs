// Stands in for the API that takes daily summaries, for trying things out and for bench/http.sh:
//
//   POST /ingest    reads a summary and answers {"status": "ok"}; 422 where it is none
//   POST /v1/embeddings    answers at once, with the same vector for every text, for bench/looking.sh
//   GET /           how many summaries it has taken
//
// It listens on $PORT, 5000 if nothing else is said. With --check it asks the one that runs whether it is well; with
// --post URL ROWS CONNECTIONS it is the other side, and posts the summaries of an NDJSON file.
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using ApiStandIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

int port = int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "5000", CultureInfo.InvariantCulture);
if (args is ["--check"])
{
    using HttpClient client = new();
    using HttpResponseMessage answer = await client.GetAsync(new Uri($"http://localhost:{port}/"));
    return answer.IsSuccessStatusCode ? 0 : 1;
}

if (args is ["--post", string url, string rows, string connections])
{
    await BarePosts.RunAsync(new Uri(url), rows, int.Parse(connections, CultureInfo.InvariantCulture));
    return 0;
}

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(port));
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, StandInJson.Default));
WebApplication app = builder.Build();
long taken = 0;
app.MapPost("/ingest", (Summary summary) =>
{
    if (summary.Text is null || summary.Meta?.UserId is null || summary.Meta.Type != "daily_summary")
    {
        return Results.UnprocessableEntity(new Answer("error"));
    }

    Interlocked.Increment(ref taken);
    return Results.Ok(new Answer("ok"));
});
string vector = Convert.ToBase64String(MemoryMarshal.AsBytes<float>([.. Enumerable.Range(1, 384).Select(i => (float)Math.Sin(i))]));
app.MapPost("/v1/embeddings", (Texts texts) => Results.Ok(new Embeddings(texts.Model, [.. texts.Input.Select((_, i) => new Embedding(i, vector))])));
app.MapGet("/", () => Results.Ok(new Count(Interlocked.Read(ref taken))));
await app.RunAsync();
return 0;

namespace ApiStandIn
{
    internal sealed record Summary(string? Text, Meta? Meta);

    internal sealed record Meta([property: JsonPropertyName("user_id")] string? UserId, DateOnly Date, string? Type);

    internal sealed record Answer(string Status);

    internal sealed record Count(long Taken);

    internal sealed record Texts(string? Model, string[] Input);

    internal sealed record Embeddings(string? Model, Embedding[] Data);

    internal sealed record Embedding(int Index, [property: JsonPropertyName("embedding")] string Vector);

    [JsonSerializable(typeof(Summary))]
    [JsonSerializable(typeof(Answer))]
    [JsonSerializable(typeof(Texts))]
    [JsonSerializable(typeof(Embeddings))]
    [JsonSerializable(typeof(Count))]
    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    internal sealed partial class StandInJson : JsonSerializerContext;
}
