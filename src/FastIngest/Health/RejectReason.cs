namespace FastIngest.Health;

/// <summary>Why a record is rejected. The reader checks the reasons in this order.</summary>
public enum RejectReason
{
    /// <summary>Larger than the largest record allowed.</summary>
    TooLarge,

    /// <summary>Not valid JSON.</summary>
    InvalidJson,

    /// <summary>A CSV line with a misplaced or unclosed quote, or with a different number of cells than the header.</summary>
    InvalidCsv,

    /// <summary>Valid JSON, but a string, number, array, boolean or null.</summary>
    NotAnObject,

    /// <summary>Invalid UTF-8 or a lone surrogate somewhere in the record.</summary>
    InvalidText,

    /// <summary>No <c>user_id</c>, or an empty one.</summary>
    NoUserId,

    /// <summary>No valid day in <c>date</c>, <c>date_time</c> or <c>timestamp</c>.</summary>
    NoDate,

    /// <summary>The day is written in a form whose order of day and month is unknown, such as <c>03/04/2024</c>.</summary>
    AmbiguousDate,

    /// <summary>A heart-rate record without a valid <c>value</c>.</summary>
    NoValue,

    /// <summary>A value is implausible, and the run rejects such records.</summary>
    Implausible,

    /// <summary>A damaged tag, text between tags, or an element without its end.</summary>
    InvalidXml,

    /// <summary>A damaged message of Protocol Buffers, or one whose columns do not fit together.</summary>
    InvalidProtobuf,

    /// <summary>The record itself says that it was entered in error or cancelled.</summary>
    Withdrawn,

    /// <summary>No record: the file ends before its array or wrapper object is closed, as after an interrupted download.</summary>
    CutOff,
}

/// <summary>The names of the reject reasons, as used in the rejects file and in reports.</summary>
public static class RejectReasons
{
    private static readonly string[] Names =
        [
            "too_large", "invalid_json", "invalid_csv", "not_an_object", "invalid_text", "no_user_id", "no_date", "ambiguous_date", "no_value", "implausible", "invalid_xml",
            "invalid_protobuf", "withdrawn", "cut_off",
        ];

    public static readonly int Count = Names.Length;

    public static string Name(this RejectReason reason) => Names[(int)reason];
}
