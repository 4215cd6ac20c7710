using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FastIngest.Tests.Storage.Http;
using Microsoft.AspNetCore.Http;

namespace HealthIngestion.Tests;

/// <summary>
/// An embedding server over real HTTP whose faults the test defines. The vector of a text follows from its bytes alone, so that
/// a test knows what must be stored.
/// </summary>
internal sealed class EmbeddingStandIn : IDisposable
{
    public const string Model = "stand-in", Probe = "health";

    private readonly ApiServer _server;

    /// <param name="respond">Responds to the texts of a request; null for a server without faults.</param>
    public EmbeddingStandIn(Func<HttpContext, Ask, Task>? respond = null) =>
        _server = ApiServer.Start((context, request) => (respond ?? ((c, a) => Write(c, a)))(context, Ask.Read(request)));

    public string Url => $"http://localhost:{_server.Port}";

    public int Port => _server.Port;

    /// <summary>The texts of all requests but the probes.</summary>
    public IEnumerable<Ask> Asks => _server.Requests.Select(Ask.Read).Where(a => a.Texts is not [Probe]);

    public int Peak => _server.Peak;

    public IEnumerable<ReceivedRequest> Requests => _server.Requests;

    public static float[] VectorOf(string text, int dimensions = 8)
    {
        // FNV-1a, and from it a number for each dimension.
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ b) * 1099511628211;
        }

        return [.. Enumerable.Range(1, dimensions).Select(i => (float)((double)(hash * (ulong)((2 * i) + 1) >> 11) / (1L << 53)) - 0.5f)];
    }

    /// <summary>The vector as the table of SQLite has it.</summary>
    public static byte[] BytesOf(string text, int dimensions = 8) => MemoryMarshal.AsBytes<float>(VectorOf(text, dimensions)).ToArray();

    /// <summary>Writes a right response; the arguments make it a wrong one.</summary>
    public static Task Write(HttpContext context, Ask ask, string model = Model, int dimensions = 8, bool? base64 = null, bool reversed = false, Func<string, string?>? item = null)
    {
        bool isBase64 = base64 ?? ask.IsBase64;
        List<string> items = [];
        for (int i = 0; i < ask.Texts.Length; i++)
        {
            items.Add(item?.Invoke(ask.Texts[i])?.Replace("INDEX", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                ?? $$"""{"object": "embedding", "index": {{i}}, "embedding": {{Numbers(ask.Texts[i], dimensions, isBase64)}}}""");
        }

        items.RemoveAll(i => i.Length == 0);
        if (reversed)
        {
            items.Reverse();
        }

        string body = $$$"""{"object": "list", "data": [{{{string.Join(", ", items)}}}], "model": "{{{model}}}", "usage": {"prompt_tokens": 8, "total_tokens": 8}}""";
        return ApiServer.Write(context, 200, body);
    }

    public void Dispose() => _server.Dispose();

    private static string Numbers(string text, int dimensions, bool isBase64) => isBase64
        ? $"\"{Convert.ToBase64String(BytesOf(text, dimensions)).Replace("/", "\\/", StringComparison.Ordinal).Replace("+", "\\u002B", StringComparison.Ordinal)}\""
        : $"[{string.Join(", ", VectorOf(text, dimensions).Select(f => f.ToString("R", CultureInfo.InvariantCulture)))}]";
}

/// <summary>What a request asks an embedding server.</summary>
internal sealed record Ask(string[] Texts, string? Model, bool IsBase64, int? Dimensions, string? Authorization, string Path)
{
    public static Ask Read(ReceivedRequest request)
    {
        JsonElement json = JsonDocument.Parse(request.Body).RootElement;
        return new Ask(
            [.. json.GetProperty("input").EnumerateArray().Select(t => t.GetString()!)],
            json.TryGetProperty("model", out JsonElement model) ? model.GetString() : null,
            json.TryGetProperty("encoding_format", out JsonElement format) && format.GetString() == "base64",
            json.TryGetProperty("dimensions", out JsonElement dimensions) ? dimensions.GetInt32() : null,
            request.Authorization,
            request.Path);
    }
}
