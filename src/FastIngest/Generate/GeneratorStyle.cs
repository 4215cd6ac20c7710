namespace FastIngest.Generate;

/// <summary>
/// The JSON layout. Each style equals the output of Python's <c>json</c> module byte for byte; non-ASCII text is written as
/// <c>\uXXXX</c>.
/// </summary>
public enum GeneratorStyle
{
    /// <summary><c>json.dump(records, indent=2)</c>: an array with one value per line and no final newline.</summary>
    Pretty,

    /// <summary><c>json.dump(records)</c>: an array on one line, with <c>", "</c> and <c>": "</c>.</summary>
    Spaced,

    /// <summary><c>json.dump(records, separators=(",", ":"))</c>: an array on one line without blanks.</summary>
    Compact,

    /// <summary>
    /// <c>json.dumps(record)</c>, with <c>", "</c> and <c>": "</c>, and a newline after every record. File names end in
    /// <c>.ndjson</c>.
    /// </summary>
    Ndjson,
}
