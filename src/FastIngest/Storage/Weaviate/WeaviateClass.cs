using System.Buffers;
using System.Text.Json;
using FastIngest.Delivery;
using FastIngest.Json;
using FastIngest.Storage.Http;

namespace FastIngest.Storage.Weaviate;

/// <summary>
/// Writes the definition of the class, and its objects. The definition contains every property, because the server may have
/// auto-schema disabled. It does not set a vectorizer: the server's default applies, or that of an existing class.
/// </summary>
internal static class WeaviateClass
{
    /// <summary>The properties of an object.</summary>
    public static IReadOnlyList<string> Properties { get; } = ["text", "user_id", "date", "type"];

    /// <summary>The body of <c>POST /v1/schema</c>.</summary>
    public static ReadOnlyMemory<byte> Define(string name)
    {
        ArrayBufferWriter<byte> output = new();
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("class"u8, name);
        json.WriteString("description"u8, "Daily summaries of health data, one object a user and day.");
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
    public static void WriteBatch(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<PendingSummary> summaries)
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
            output.Write("T00:00:00Z\", \"type\": \"daily_summary\"}}"u8);
        }

        output.Write("]}"u8);
    }
}

/// <summary>Reads the property names from the definition of a class.</summary>
internal sealed class ClassPropertyParser : IResponseParser
{
    private readonly List<string> _names = [];
    private bool _isInProperties, _isName;

    public IReadOnlyList<string> Names => _names;

    public ResponseKind Kind => ResponseKind.Ok;

    public string? Error => null;

    public void Reset()
    {
        _names.Clear();
        _isInProperties = _isName = false;
    }

    public void AddText(string text)
    {
    }

    // {                              depth 0
    //   "properties": [              depth 1
    //     {                          depth 2
    //       "name": "text", ...      depth 3
    public void Add(ref Utf8JsonReader token)
    {
        bool isProperty = token.TokenType == JsonTokenType.PropertyName;
        if (isProperty && token.CurrentDepth == 1)
        {
            _isInProperties = token.ValueTextEquals("properties"u8);
        }
        else if (_isInProperties && token.CurrentDepth == 3)
        {
            if (_isName && token.TokenType == JsonTokenType.String)
            {
                _names.Add(token.GetString()!);
            }

            _isName = isProperty && token.ValueTextEquals("name"u8);
        }
    }
}
