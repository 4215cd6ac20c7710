using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FastIngest.Health;
using FastIngest.Json;

namespace FastIngest.Pipeline.Original;

/// <summary>The fields of one element of a file, as they are written. One object reads all elements of a file, one after another.</summary>
internal sealed class OriginalElement
{
    private readonly FieldNames _names;
    private readonly OriginalValue[] _values;
    private readonly (OriginalValue Value, string? Text)[] _texts;

    public OriginalElement(Category category)
    {
        Category = category;
        _names = RecordSchema.Of(category).Names;
        _values = new OriginalValue[_names.Count];
        _texts = new (OriginalValue, string?)[_names.Count];
    }

    public Category Category { get; }

    /// <summary>The values of the category's fields, in the order of <see cref="RecordSchema"/>. Of several fields with a name the last one counts.</summary>
    public ReadOnlySpan<OriginalValue> Values => _values;

    /// <summary>All other fields in their order: those that are not read, or the measurements.</summary>
    public List<OriginalField> Others { get; } = [];

    /// <summary>Finds the fields of an element, or returns why it is not a record.</summary>
    public RejectReason? Read(ReadOnlyMemory<byte> json)
    {
        if (json.Span[0] != '{')
            return RejectReason.NotAnObject;
        if (!IsUnicode(json.Span))
            return RejectReason.InvalidText;
        Array.Clear(_values);
        Others.Clear();
        Utf8JsonReader reader = new(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlyMemory<byte> name = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            reader.Read();
            (JsonTokenType kind, int start) = (reader.TokenType, (int)reader.TokenStartIndex);
            if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
                reader.Skip();
            OriginalValue value = new(kind, json[start..(int)reader.BytesConsumed]);
            if (_names.Find(name.Span) is >= 0 and int field)
                _values[field] = value;
            else if (Category != Category.Measurements || IsMeasurement(name.Span))
                Others.Add(new(name, value));
        }

        return null;
    }

    /// <summary>The text of a field, or null if it is missing. Neighbours often have the same one, which is decoded once.</summary>
    public string? Text(int field)
    {
        if (!_texts[field].Value.IsWrittenAs(_values[field]))
            _texts[field] = (_values[field], _values[field].Text);
        return _texts[field].Text;
    }

    private static bool IsMeasurement(ReadOnlySpan<byte> name) => !name.SequenceEqual("id"u8) && !name.EndsWith("_id"u8);

    /// <summary>Whether every key and string is well-formed Unicode. An escape can be half of a character, so texts with escapes are decoded.</summary>
    private static bool IsUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            return false;
        if (!json.Contains((byte)'\\'))
            return true;
        Utf8JsonReader reader = new(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.ValueIsEscaped)
                    reader.GetString();
            }

            return true;
        }
        catch (InvalidOperationException) { return false; }
    }
}
