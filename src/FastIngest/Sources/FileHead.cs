using System.Text.Json;
using FastIngest.Json;

namespace FastIngest.Sources;

/// <summary>Finds where the records of a file begin: after a byte order mark, white space and the start of a wrapper object.</summary>
public static class FileHead
{
    /// <summary>A wrapper's array must begin within this many bytes.</summary>
    public const int WrapperBytes = 4096;

    /// <summary>Returns the position where reading starts.</summary>
    /// <param name="head">The first bytes, at least <see cref="WrapperBytes"/> unless the file is shorter.</param>
    public static FramePosition Find(ReadOnlySpan<byte> head)
    {
        int start = head.StartsWith("\uFEFF"u8) ? 3 : 0;
        while (start < head.Length && IsWhiteSpace(head[start]))
        {
            start++;
        }

        if (start < head.Length && head[start] == '{' && start < WrapperBytes)
        {
            ReadOnlySpan<byte> limited = head[..Math.Min(head.Length, WrapperBytes)];
            int wrapped = FindWrappedArray(limited[start..]);
            if (wrapped >= 0)
            {
                return new FramePosition(start + wrapped, FrameState.Wrapped);
            }
        }

        return new FramePosition(start, FrameState.Top);
    }

    internal static bool IsWhiteSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    /// <summary>The offset of the first element of the first array of objects in an object without a user_id; or -1.</summary>
    private static int FindWrappedArray(ReadOnlySpan<byte> data)
    {
        Utf8JsonReader reader = new(data, isFinalBlock: false, state: default);
        int found = -1;
        int arrays = 0;
        bool afterStartArray = false;
        try
        {
            while (reader.Read())
            {
                JsonTokenType token = reader.TokenType;
                if (token == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && IsUserId(ref reader))
                {
                    return -1;
                }

                if (found < 0 && afterStartArray && arrays == 1 && token == JsonTokenType.StartObject)
                {
                    found = (int)reader.TokenStartIndex;
                }

                arrays += token switch { JsonTokenType.StartArray => 1, JsonTokenType.EndArray => -1, _ => 0 };
                afterStartArray = token == JsonTokenType.StartArray;
                if (reader.CurrentDepth == 0 && token == JsonTokenType.EndObject)
                {
                    break;
                }
            }
        }
        catch (JsonException)
        {
            // The wrapper is damaged after its array, or it is not a wrapper. The array counts if it was found before the error.
        }

        return found;
    }

    /// <summary>Whether a property name is user_id. A name with a lone surrogate has no text that could be compared.</summary>
    private static bool IsUserId(ref Utf8JsonReader name) =>
        !(name.ValueIsEscaped && JsonString.HasLoneSurrogate(name.ValueSpan)) && name.ValueTextEquals("user_id"u8);
}
