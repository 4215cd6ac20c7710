namespace FastIngest.Lexicon;

/// <summary>The result of cleaning a record.</summary>
public enum CleaningStatus
{
    /// <summary>An entry with a headword and a language; its texts, errors and quality are set.</summary>
    Valid,

    /// <summary>An object without headword or language; <see cref="EntryCleaner.Reason"/> names the missing one.</summary>
    Invalid,

    /// <summary>Not one JSON value, or one with invalid UTF-8 or a lone surrogate.</summary>
    NotJson,

    /// <summary>A JSON value that is not an object.</summary>
    NotAnObject,
}
