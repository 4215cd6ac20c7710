using System.Text.Json;
using System.Text.Unicode;
using FastIngest.Json;

namespace FastIngest.Sources;

/// <summary>The wrapper object around an array of records, or around a record without an array.</summary>
/// <param name="Key">The name of the array or record.</param>
/// <param name="Depth">The number of objects around it.</param>
/// <param name="Bracket">The offset of its opening bracket.</param>
public sealed record Wrapper(string Key, int Depth, long Bracket);

/// <summary>Finds where the records of a file begin: after a byte order mark, white space and the start of a wrapper object.</summary>
public static class FileHead
{
    /// <summary>A wrapper's array must begin within this many bytes.</summary>
    public const int WrapperBytes = 4096;

    /// <summary>Returns the offset after a byte order mark and white space; the length of the bytes when nothing else is there.</summary>
    public static int StartOf(ReadOnlySpan<byte> head)
    {
        int start = head.StartsWith("\uFEFF"u8) ? 3 : 0;
        int blanks = head[start..].IndexOfAnyExcept(" \t\r\n"u8);
        return blanks < 0 ? head.Length : start + blanks;
    }

    /// <summary>Returns the position where reading starts.</summary>
    /// <param name="head">The first bytes, at least <see cref="WrapperBytes"/> unless the file is shorter.</param>
    public static FramePosition Find(ReadOnlySpan<byte> head) => Find(head, _ => false, out _);

    /// <param name="head">The first bytes, at least <see cref="WrapperBytes"/> unless the file is shorter.</param>
    /// <param name="isWanted">Whether an array with a name is preferred to arrays before it, and an object with a name may be a record.</param>
    /// <param name="wrapper">Receives the wrapper object; null without one.</param>
    /// <returns>The position where reading starts.</returns>
    public static FramePosition Find(ReadOnlySpan<byte> head, Func<string, bool> isWanted, out Wrapper? wrapper)
    {
        wrapper = null;
        int start = StartOf(head);
        if (start < head.Length && head[start] == '{' && start < WrapperBytes)
        {
            ReadOnlySpan<byte> limited = head[..Math.Min(head.Length, WrapperBytes)];
            int wrapped = FindWrappedArray(limited[start..], isWanted, out wrapper);
            if (wrapper is not null)
            {
                wrapper = wrapper with { Bracket = start + wrapper.Bracket };
                return new FramePosition(start + wrapped, head[(int)wrapper.Bracket] == '{' ? FrameState.Single : FrameState.Wrapped);
            }
        }

        return new FramePosition(start, FrameState.Top);
    }

    internal static bool IsWhiteSpace(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    /// <summary>
    /// The offset of the first element of the first array of objects in an object without a user_id; or -1. An array with a
    /// wanted name, of objects or without an element, goes before others. A record with a wanted name goes before that, and
    /// makes an object a wrapper that has no array of objects, if nothing says that the object is a record itself.
    /// </summary>
    private static int FindWrappedArray(ReadOnlySpan<byte> data, Func<string, bool> isWanted, out Wrapper? wrapper)
    {
        Wrapper? first = null, wanted = null, lone = null;
        (int firstAt, int wantedAt) = (-1, -1);
        string key = "";
        Utf8JsonReader reader = new(data, isFinalBlock: false, state: default);
        int arrays = 0;
        long bracket = 0;
        bool afterStartArray = false;
        try
        {
            while (reader.Read())
            {
                JsonTokenType token = reader.TokenType;
                if (token == JsonTokenType.PropertyName && arrays == 0)
                {
                    if (reader.CurrentDepth == 1 && IsUserId(ref reader))
                    {
                        wrapper = null;
                        return -1;
                    }

                    key = NameOf(ref reader);
                }

                if (lone is null && arrays == 0 && token == JsonTokenType.StartObject && reader.CurrentDepth > 0 && isWanted(key)
                    && LoneRecord.IsAt(data[(int)reader.TokenStartIndex..]))
                {
                    lone = new Wrapper(key, reader.CurrentDepth, reader.TokenStartIndex);
                }

                if (afterStartArray && arrays == 1 && token is (JsonTokenType.StartObject or JsonTokenType.EndArray))
                {
                    int at = (int)reader.TokenStartIndex;
                    Wrapper found = new(key, token == JsonTokenType.StartObject ? reader.CurrentDepth - 1 : reader.CurrentDepth, bracket);
                    if (first is null && token == JsonTokenType.StartObject)
                    {
                        (first, firstAt) = (found, at);
                    }

                    if (wanted is null && isWanted(key))
                    {
                        (wanted, wantedAt) = (found, at);
                    }
                }

                arrays += token switch { JsonTokenType.StartArray => 1, JsonTokenType.EndArray => -1, _ => 0 };
                afterStartArray = token == JsonTokenType.StartArray;
                bracket = afterStartArray ? reader.TokenStartIndex : bracket;
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

        // An array without an element does not make the object around it a wrapper: a record may have one, too.
        bool isLone = lone is not null && (first is null ? LoneRecord.IsWrapperAt(data) : wanted is not null && lone.Bracket < wanted.Bracket);
        if (isLone)
        {
            wrapper = lone;
            return (int)lone!.Bracket;
        }

        wrapper = first is null ? null : wanted ?? first;
        return first is null ? -1 : wanted is null ? firstAt : wantedAt;
    }

    /// <summary>The text of the string or property name that a reader is at; empty for invalid text.</summary>
    internal static string NameOf(ref Utf8JsonReader name) =>
        !Utf8.IsValid(name.ValueSpan) || (name.ValueIsEscaped && JsonString.HasLoneSurrogate(name.ValueSpan)) ? "" : name.GetString()!;

    /// <summary>Whether a property name is user_id. A name with a lone surrogate has no text that could be compared.</summary>
    private static bool IsUserId(ref Utf8JsonReader name) =>
        !(name.ValueIsEscaped && JsonString.HasLoneSurrogate(name.ValueSpan)) && name.ValueTextEquals("user_id"u8);
}
