using FastIngest.Json;

namespace FastIngest.Dialects.JsonExports;

/// <summary>
/// Goes through the members of a JSON object, or the items of an array, of a record that a reader has accepted. For records whose nested
/// values are too free for the names of a layout. Nothing is checked once more; see <see cref="JsonSpans"/>.
/// </summary>
internal ref struct JsonMembers
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly bool _isObject;
    private int _next;

    /// <param name="json">Valid JSON that begins with the object or array; of any other value there are no members. What follows it is ignored.</param>
    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json is [(byte)'{' or (byte)'[', ..] ? json : "[]"u8;
        _isObject = _json[0] == '{';
        _next = 1;
    }

    /// <summary>The name of the member as written; empty for an item of an array.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The bytes of the value; see <see cref="Text"/>.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The offset of the value in the object, in bytes.</summary>
    public int Offset { get; private set; }

    /// <summary>Moves to the next member or item; false after the last one.</summary>
    public bool Next()
    {
        int at = JsonSpans.SkipSpace(_json, _next);
        if (_json[at] == ',')
        {
            at = JsonSpans.SkipSpace(_json, at + 1);
        }

        if (_json[at] is (byte)'}' or (byte)']')
        {
            return false;
        }

        if (_isObject)
        {
            int end = JsonSpans.EndOfString(_json, at);
            Name = _json[(at + 1)..(end - 1)];
            at = JsonSpans.SkipSpace(_json, JsonSpans.SkipSpace(_json, end) + 1);
        }

        Offset = at;
        _next = JsonSpans.EndOfValue(_json, at);
        Value = _json[at.._next];
        return true;
    }

    /// <summary>The bytes of a string between its quotes, with escapes; of a number or literal all bytes; empty for null, an object or an array.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> value) => value switch
    {
        [(byte)'"', .., (byte)'"'] => value[1..^1],
        [(byte)'{' or (byte)'[' or (byte)'n', ..] => default,
        _ => value,
    };

    /// <summary>Returns the value of a member of an object; empty without one.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        JsonMembers members = new(json);
        while (members.Next())
        {
            if (members.Name.SequenceEqual(name))
            {
                return members.Value;
            }
        }

        return default;
    }
}
