namespace FastIngest.Generate;

/// <summary>How the JSON is laid out. Each style is what Python's <c>json</c> module writes, to the byte, non-ASCII as <c>\uXXXX</c>.</summary>
public enum GeneratorStyle
{
    /// <summary><c>json.dump(records, indent=2)</c>: an array, one value a line, no final newline.</summary>
    Pretty,

    /// <summary><c>json.dump(records)</c>: an array on one line, with <c>", "</c> and <c>": "</c>.</summary>
    Spaced,

    /// <summary><c>json.dump(records, separators=(",", ":"))</c>: an array on one line without blanks.</summary>
    Compact,

    /// <summary><c>json.dumps(record)</c>, with <c>", "</c> and <c>": "</c>, and a newline for every record. Files end in <c>.ndjson</c>.</summary>
    Ndjson,
}
