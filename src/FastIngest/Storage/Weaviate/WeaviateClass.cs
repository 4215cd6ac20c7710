using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FastIngest.Delivery;
using FastIngest.Json;

namespace FastIngest.Storage.Weaviate;

/// <summary>
/// Writes the definition of the class, and its objects. The definition contains every property, because the server may have
/// auto-schema disabled. It does not set a vectorizer, so that the server's default applies, unless the objects come with vectors.
/// </summary>
internal static class WeaviateClass
{
    /// <summary>The most bytes of a float32 number in JSON, such as <c>-1.17549435E-38</c>.</summary>
    private const int NumberBytes = 16;

    /// <summary>The properties of an object.</summary>
    public static IReadOnlyList<string> Properties { get; } = ["text", "user_id", "date", "type"];

    /// <summary>The body of <c>POST /v1/schema</c>.</summary>
    /// <param name="name">The name of the class.</param>
    /// <param name="takesVectors">Whether the objects come with vectors, so that the server must make none.</param>
    public static ReadOnlyMemory<byte> Define(string name, bool takesVectors)
    {
        ArrayBufferWriter<byte> output = new();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("class"u8, name);
        json.WriteString("description"u8, "Daily summaries of health data, one object a user and day.");
        if (takesVectors)
        {
            json.WriteString("vectorizer"u8, "none");
        }

        json.WriteStartArray("properties"u8);
        Write("text", "text", "word", "The summary.");
        Write("user_id", "text", "field", "Whose day.");
        Write("date", "date", null, "The day, at midnight UTC.");
        Write("type", "text", "field", "daily_summary");
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;

        void Write(string property, string type, string? tokenization, string description)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, property);
            json.WriteStartArray("dataType"u8);
            json.WriteStringValue(type);
            json.WriteEndArray();
            json.WriteString("description"u8, description);
            if (tokenization is not null)
            {
                json.WriteString("tokenization"u8, tokenization);
            }

            json.WriteEndObject();
        }
    }

    /// <summary>Writes the body of <c>POST /v1/batch/objects</c>.</summary>
    /// <param name="output">Receives the body.</param>
    /// <param name="name">The name of the class.</param>
    /// <param name="vectorName">The name of the vector in a class with named vectors; null in a class without.</param>
    /// <param name="summaries">The objects, with their vectors if they have some.</param>
    public static void WriteBatch(IBufferWriter<byte> output, ReadOnlySpan<byte> name, string? vectorName, ReadOnlySpan<PendingSummary> summaries)
    {
        // Request only the ids in the response, because the objects may contain large vectors.
        output.Write("{\"fields\": [\"id\"], \"objects\": ["u8);
        for (int i = 0; i < summaries.Length; i++)
        {
            PendingSummary summary = summaries[i];
            output.Write(i == 0 ? "{\"class\": "u8 : ", {\"class\": "u8);
            JsonText.Write(output, name);
            output.Write(", \"id\": \""u8);
            SummaryId.Of(summary.UserId, summary.Day).TryFormat(output.GetSpan(36), out int idBytes, "D");
            output.Advance(idBytes);
            output.Write("\", \"properties\": {\"text\": "u8);
            JsonText.Write(output, summary.Text);
            output.Write(", \"user_id\": "u8);
            JsonText.Write(output, summary.UserId);
            output.Write(", \"date\": \""u8);
            DayText.Write(output.GetSpan(DayText.Bytes), summary.Day);
            output.Advance(DayText.Bytes);
            output.Write("T00:00:00Z\", \"type\": \"daily_summary\"}"u8);
            WriteVector(output, vectorName, summary.Vector.Span);
            output.Write("}"u8);
        }

        output.Write("]}"u8);
    }

    /// <summary>Writes a vector with the fewest digits that give the same float32 numbers; nothing for an empty one.</summary>
    private static void WriteVector(IBufferWriter<byte> output, string? name, ReadOnlySpan<float> vector)
    {
        if (vector.IsEmpty)
        {
            return;
        }

        if (name is null)
        {
            output.Write(", \"vector\": ["u8);
        }
        else
        {
            output.Write(", \"vectors\": {"u8);
            JsonText.Write(output, Encoding.UTF8.GetBytes(name));
            output.Write(": ["u8);
        }

        for (int i = 0; i < vector.Length; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            vector[i].TryFormat(output.GetSpan(NumberBytes), out int bytes, default, CultureInfo.InvariantCulture);
            output.Advance(bytes);
        }

        output.Write(name is null ? "]"u8 : "]}"u8);
    }
}
