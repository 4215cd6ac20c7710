using System.Buffers;
using System.Text;
using System.Text.Json;

namespace HealthIngestion.Settings;

/// <summary>
/// What the command <c>serve</c> hands over to the program <c>health_ingestion_server</c>, as JSON in a variable of the environment: other
/// users of the machine can read the arguments of a process, but not its environment.
/// </summary>
internal sealed record ServeSettings
{
    public const string Variable = "HEALTH_INGESTION_SERVE";

    /// <summary>The name of the database, as of a target.</summary>
    public required string From { get; init; }

    public required string Schema { get; init; }

    /// <summary>The address and the port, such as <c>127.0.0.1:8080</c>; the port 0 takes a free one.</summary>
    public required string Listen { get; init; }

    /// <summary>What clients have to know; null if they need nothing.</summary>
    public string? Token { get; init; }

    /// <summary>Names besides the address under which clients may request the server.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The requests of a client in a second; 0 for no limit.</summary>
    public double Rate { get; init; }

    public bool IsLogJson { get; init; }

    public bool IsQuiet { get; init; }

    public string ToJson()
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            json.WriteString("from", From);
            json.WriteString("schema", Schema);
            json.WriteString("listen", Listen);
            json.WriteString("token", Token);
            json.WriteStartArray("hosts");
            foreach (string host in Hosts)
            {
                json.WriteStringValue(host);
            }

            json.WriteEndArray();
            json.WriteNumber("rate", Rate);
            json.WriteBoolean("log_json", IsLogJson);
            json.WriteBoolean("quiet", IsQuiet);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="KeyNotFoundException">A setting is missing.</exception>
    public static ServeSettings FromJson(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        return new ServeSettings
        {
            From = root.GetProperty("from").GetString()!,
            Schema = root.GetProperty("schema").GetString()!,
            Listen = root.GetProperty("listen").GetString()!,
            Token = root.GetProperty("token").GetString(),
            Hosts = [.. root.GetProperty("hosts").EnumerateArray().Select(h => h.GetString()!)],
            Rate = root.GetProperty("rate").GetDouble(),
            IsLogJson = root.GetProperty("log_json").GetBoolean(),
            IsQuiet = root.GetProperty("quiet").GetBoolean(),
        };
    }
}
