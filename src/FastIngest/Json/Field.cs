namespace FastIngest.Json;

/// <summary>The kind of value of a record's field.</summary>
public enum FieldKind : byte
{
    Missing,
    Null,

    /// <summary>A string without escapes: its bytes are the text.</summary>
    String,

    /// <summary>A string with at least one backslash: <see cref="JsonString.Unescape"/> decodes it.</summary>
    EscapedString,
    Number,

    /// <summary>A number that is already parsed: <see cref="RecordFields.Micros"/> holds its value.</summary>
    Decimal,
    Boolean,

    /// <summary>An object or an array.</summary>
    Nested,
}

/// <summary>The place of a value in its record: offset and length in bytes. A string's place excludes the quotes.</summary>
public readonly record struct Field(int Start, int Length, FieldKind Kind);
