using System.Text.Json;

namespace FastIngest.Sources;

/// <summary>
/// A record that stands in a wrapper object without an array around it, as programs that convert XML write a list of one
/// element.
/// </summary>
internal static class LoneRecord
{
    /// <summary>An object is examined as far as this many bytes.</summary>
    public const int HeadBytes = 4096;

    /// <summary>Whether an object has the user or the day of a record directly in it, and no array of objects in the bytes that are examined.</summary>
    /// <param name="bytes">The bytes from its opening bracket on.</param>
    public static bool IsAt(ReadOnlySpan<byte> bytes)
    {
        ObjectHead head = ObjectHead.Read(bytes[..Math.Min(bytes.Length, HeadBytes)]);
        return head.HasKey && !head.HasRecords;
    }

    /// <summary>Whether an object looks like a wrapper: it has an object or array, and neither the user nor the day of a record.</summary>
    /// <param name="bytes">The bytes from its opening bracket on.</param>
    public static bool IsWrapperAt(ReadOnlySpan<byte> bytes)
    {
        ObjectHead head = ObjectHead.Read(bytes[..Math.Min(bytes.Length, HeadBytes)]);
        return head.HasNested && !head.HasKey;
    }

    /// <summary>What the beginning of an object shows.</summary>
    /// <param name="HasKey">Whether a property directly in it, whose value is no object or array, names the user or the day.</param>
    /// <param name="HasNested">Whether the value of a property directly in it is an object or an array.</param>
    /// <param name="HasRecords">Whether an array, with nothing but objects around it, has an object as its first element.</param>
    private readonly record struct ObjectHead(bool HasKey, bool HasNested, bool HasRecords)
    {
        public static ObjectHead Read(ReadOnlySpan<byte> bytes)
        {
            ObjectHead head = default;
            Utf8JsonReader json = new(bytes, isFinalBlock: false, default);
            (int arrays, bool isKey, JsonTokenType before) = (0, false, JsonTokenType.None);
            try
            {
                while (json.Read() && !(json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == 0))
                {
                    JsonTokenType token = json.TokenType;
                    bool isNested = token is JsonTokenType.StartObject or JsonTokenType.StartArray;
                    head = new(
                        head.HasKey || (isKey && !isNested),
                        head.HasNested || (isNested && before == JsonTokenType.PropertyName),
                        head.HasRecords || (token == JsonTokenType.StartObject && before == JsonTokenType.StartArray && arrays == 1));
                    isKey = token == JsonTokenType.PropertyName && json.CurrentDepth == 1
                        && FileHead.NameOf(ref json) is "user_id" or "date" or "date_time" or "timestamp";
                    arrays += token switch { JsonTokenType.StartArray => 1, JsonTokenType.EndArray => -1, _ => 0 };
                    before = token;
                }
            }
            catch (JsonException)
            {
                // What stands before the damage counts.
            }

            return head;
        }
    }
}
