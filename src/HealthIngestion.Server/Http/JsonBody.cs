using System.Buffers;
using System.Text.Json;

namespace HealthIngestion.Server.Http;

/// <summary>Writes the JSON object of a body.</summary>
internal static class JsonBody
{
    public static ReadOnlyMemory<byte> Make(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> bytes = new(1024);
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
