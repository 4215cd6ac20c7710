using System.Text.Json;
using FastIngest.Sources;

namespace FastIngest.Dialects.JsonExports;

/// <summary>The names in the first object of an array, by which dialects recognise their files.</summary>
internal static class FirstObject
{
    /// <summary>A larger object is examined up to here.</summary>
    private const int MaxNames = 500;

    /// <summary>Whether the first bytes of a file may have a member with one of the names: a glance, before all names are listed. Names may have escapes.</summary>
    public static bool MayHave(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other = default) =>
        head.IndexOf(name) >= 0 || (!other.IsEmpty && head.IndexOf(other) >= 0) || head.Contains((byte)'\\');

    /// <summary>Returns the paths of the members of the first object and of the objects in it, such as <c>value</c> and <c>value.bpm</c>.</summary>
    /// <param name="head">The first bytes of the file in UTF-8.</param>
    /// <returns>The paths; none when the file does not begin with an array of objects.</returns>
    public static HashSet<string> PathsOf(ReadOnlySpan<byte> head)
    {
        HashSet<string> paths = [];
        Utf8JsonReader json = new(head[(head.StartsWith("\uFEFF"u8) ? 3 : 0)..], isFinalBlock: false, state: default);
        string member = "";
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartArray || !json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return paths;
            }

            while (paths.Count < MaxNames && json.Read() && json.CurrentDepth > 1)
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 2)
                {
                    member = FileHead.NameOf(ref json);
                    paths.Add(member);
                }
                else if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 3)
                {
                    paths.Add($"{member}.{FileHead.NameOf(ref json)}");
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // a name with a lone surrogate cannot be compared
        {
            // The names before the damage are sufficient.
        }

        return paths;
    }
}
