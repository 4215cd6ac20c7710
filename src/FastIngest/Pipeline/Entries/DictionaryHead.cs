using System.Text.Json;
using FastIngest.Sources;

namespace FastIngest.Pipeline.Entries;

/// <summary>Tells how a file of format <c>json</c> is laid out, by its first bytes.</summary>
internal static class DictionaryHead
{
    /// <summary>The property <c>entries</c> must come within this many bytes.</summary>
    public const int Bytes = 64 * 1024;

    /// <summary>Where the elements of the file's array begin; null where it holds one object a line.</summary>
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
            // Then it is no object with entries; what is wrong is found when its lines are read.
        }

        return null;
    }
}
