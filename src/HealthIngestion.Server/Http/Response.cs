using System.Text;

namespace HealthIngestion.Server.Http;

/// <summary>What is sent to a client.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Type">The media type.</param>
/// <param name="Body">The body.</param>
internal sealed record Response(int Status, string Type, ReadOnlyMemory<byte> Body)
{
    private const string Json = "application/json; charset=utf-8";

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The policy of the content; nothing may be loaded unless a page says otherwise.</summary>
    public string Policy { get; init; } = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Response OfJson(ReadOnlyMemory<byte> body) => new(200, Json, body);

    public static Response OfText(string text) => new(200, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>A fault as a JSON object with a message, which says what to do.</summary>
    public static Response Error(int status, string message, params (string Name, string Value)[] headers) =>
        new(status, Json, JsonBody.Make(json => json.WriteString("error", message))) { Headers = headers };
}
