using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace HealthIngestion.Terminal;

internal enum LogFormat
{
    Text,
    Json,
}

internal enum LogLevel
{
    Debug,
    Info,
    Warning,
    Error,
}

/// <summary>
/// Standard error, one line a message: text for people, or a JSON object with <c>time</c>, <c>level</c>,
/// <c>event</c>, <c>message</c> and the fields of the event for machines.
/// </summary>
internal sealed class Log(TextWriter writer, LogFormat format, LogLevel level)
{
    // Read by log collectors and people, never by a browser: quotes and plus signs stay as they are.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();

    public LogFormat Format => format;

    public bool Shows(LogLevel wanted) => wanted >= level;

    public void Debug(string message) => Write(LogLevel.Debug, "debug", message);

    public void Info(string name, string message, Action<Utf8JsonWriter>? fields = null) => Write(LogLevel.Info, name, message, fields);

    public void Warning(string message) => Write(LogLevel.Warning, "warning", message);

    public void Error(string message) => Write(LogLevel.Error, "error", message);

    /// <summary>Shown at every level, like an error, but not called one: the run was stopped on purpose.</summary>
    public void Notice(string name, string message) => Write(LogLevel.Error, name, message, prefix: "");

    /// <summary>Several lines for people, such as a stack; one object for machines.</summary>
    public void Block(LogLevel at, string name, string text)
    {
        if (!Shows(at))
        {
            return;
        }

        lock (_lock)
        {
            writer.Write(format == LogFormat.Json ? Object(at, name, text, null) : text.TrimEnd('\n') + "\n");
        }
    }

    /// <summary>Puts a text on one line whatever it holds: a path or a server's message may hold line feeds.</summary>
    public static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f'))
        {
            return text;
        }

        StringBuilder line = new(text.Length);
        foreach (char c in text.Trim())
        {
            line.Append(c < ' ' ? ' ' : c);
        }

        return line.ToString();
    }

    private void Write(LogLevel at, string name, string message, Action<Utf8JsonWriter>? fields = null, string? prefix = null)
    {
        if (!Shows(at))
        {
            return;
        }

        string line = OneLine(message);
        string text = format == LogFormat.Json ? Object(at, name, line, fields)
            : (prefix ?? (at == LogLevel.Info ? "" : Name(at) + ": ")) + line + "\n";
        lock (_lock)
        {
            writer.Write(text);
        }
    }

    private static string Object(LogLevel at, string name, string message, Action<Utf8JsonWriter>? fields)
    {
        ArrayBufferWriter<byte> bytes = new(256);
        using (Utf8JsonWriter json = new(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTime.UtcNow);
            json.WriteString("level", Name(at));
            json.WriteString("event", name);
            json.WriteString("message", message);
            fields?.Invoke(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Debug => "debug",
        LogLevel.Info => "info",
        LogLevel.Warning => "warning",
        _ => "error",
    };
}
