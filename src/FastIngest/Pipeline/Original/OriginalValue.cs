using System.Text;
using System.Text.Json;

namespace FastIngest.Pipeline.Original;

/// <summary>The value of a field; <see cref="JsonTokenType.None"/> where the field is missing.</summary>
/// <param name="Kind">What it is; the opening bracket for an object and an array.</param>
/// <param name="Written">Its bytes in the JSON, those of a string with its quotes.</param>
internal readonly record struct OriginalValue(JsonTokenType Kind, ReadOnlyMemory<byte> Written)
{
    /// <summary>Whether there is no value.</summary>
    public bool IsNull => Kind is JsonTokenType.None or JsonTokenType.Null;

    /// <summary>The value as text by the section "What counts as a value" of docs/reading.md; null if it is missing.</summary>
    public string? Text => Kind == JsonTokenType.String ? Written.Length > 2 ? Decoded(Written.Span) : null
        : Kind is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False ? Encoding.UTF8.GetString(Written.Span) : null;

    /// <summary>The value in a report.</summary>
    public string Shown => Kind switch { JsonTokenType.StartObject => "{…}", JsonTokenType.StartArray => "[…]", _ => Text ?? "" };

    /// <summary>Whether another value has the same bytes.</summary>
    public bool IsWrittenAs(in OriginalValue other) => Kind == other.Kind && Written.Span.SequenceEqual(other.Written.Span);

    private static string Decoded(ReadOnlySpan<byte> quoted)
    {
        if (!quoted.Contains((byte)'\\'))
            return Encoding.UTF8.GetString(quoted[1..^1]);
        Utf8JsonReader reader = new(quoted);
        reader.Read();
        return reader.GetString()!;
    }
}
