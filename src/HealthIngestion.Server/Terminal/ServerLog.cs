using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HealthIngestion.Server.Terminal;

/// <summary>Standard error: a line a message, for people or as JSON, in the form of the other commands. No message holds a request's token or query.</summary>
internal sealed class ServerLog(bool isJson, bool isQuiet)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();

    public void Info(string name, string message)
    {
        if (!isQuiet)
        {
            Write("info", name, message, "");
        }
    }

    public void Warning(string message)
    {
        if (!isQuiet)
        {
            Write("warning", "warning", message, "warning: ");
        }
    }

    public void Error(string message) => Write("error", "error", message, "error: ");

    private void Write(string level, string name, string message, string prefix)
    {
        string line = string.Concat(message.Select(c => c < ' ' ? ' ' : c));
        lock (_lock)
        {
            Console.Error.WriteLine(isJson ? Object(level, name, line) : prefix + line);
        }
    }

    private static string Object(string level, string name, string message)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", level);
            json.WriteString("event", name);
            json.WriteString("message", message);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
