namespace FastIngest.Json;

/// <summary>What stands at a field of a record.</summary>
public enum FieldKind : byte
{
    Missing,
    Null,

    /// <summary>A string without escapes: its bytes are its text.</summary>
    String,

    /// <summary>A string with at least one backslash: <see cref="JsonString.Unescape"/> gives its text.</summary>
    EscapedString,
    Number,

    /// <summary>A number that was read already: <see cref="RecordFields.Micros"/> has its value.</summary>
    Decimal,
    Boolean,

    /// <summary>An object or an array.</summary>
    Nested,
}

/// <summary>A value by its place in the record, in bytes; of a string, what is between the quotes.</summary>
public readonly record struct Field(int Start, int Length, FieldKind Kind);
