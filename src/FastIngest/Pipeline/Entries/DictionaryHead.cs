using System.Text.Json;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>Detects the layout of a file of format <c>json</c> by its first bytes.</summary>
internal static class DictionaryHead
{
    /// <summary>The property <c>entries</c> must begin within this many bytes.</summary>
    public const int Bytes = 64 * 1024;

    /// <summary>Returns where the elements of the array begin; null when the file holds one object per line.</summary>
    public static FramePosition? Find(ReadOnlySpan<byte> head)
    {
        int start = head.StartsWith("\uFEFF"u8) ? 3 : 0;
        int first = head[start..].IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0 || head[start + first] is not ((byte)'[' or (byte)'{'))
        {
            return null;
        }

        start += first;
        if (head[start] == '[')
        {
            return new FramePosition(start, FrameState.Top);
        }

        Utf8JsonReader json = new(head[start..], isFinalBlock: false, default);
        try
        {
            while (json.Read() && !(json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == 0))
            {
                bool isEntries = json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1 && !json.ValueIsEscaped && json.ValueTextEquals("entries"u8);
                if (isEntries && json.Read() && json.TokenType == JsonTokenType.StartArray)
                {
                    return new FramePosition(start + json.BytesConsumed, FrameState.Wrapped);
                }
            }
        }
        catch (JsonException)
        {
            // The head is no object with entries. Reading its lines reports what is wrong.
        }

        return null;
    }
}
