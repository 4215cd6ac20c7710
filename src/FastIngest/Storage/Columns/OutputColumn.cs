namespace FastIngest.Storage.Columns;

/// <summary>How the values of a column are held in a <see cref="ColumnValues"/> and written to a file.</summary>
internal enum ColumnType
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>A calendar day, as days since 1970-01-01 in 4 bytes.</summary>
    Date,

    /// <summary>A local time without a time zone, as microseconds since 1970-01-01 in 8 bytes.</summary>
    Time,

    /// <summary>A whole number in 8 bytes.</summary>
    Count,

    /// <summary>A double, as in the databases: the nearest one to the exact decimal.</summary>
    Number,
}

/// <summary>The description of a column, which all formats share.</summary>
/// <param name="Name">The name, as in the databases.</param>
/// <param name="Type">The type of the values.</param>
/// <param name="IsNullable">Whether a value may be missing.</param>
/// <param name="Unit">The unit of the values, such as <c>km</c>; null without one.</param>
internal sealed record OutputColumn(string Name, ColumnType Type, bool IsNullable, string? Unit = null)
{
    /// <summary>Whether few different texts are expected, so that a format may store each once and refer to it.</summary>
    public bool HasFewTexts { get; init; }
}

/// <summary>A table that is written to one file.</summary>
/// <param name="Name">The name of the table and, without its ending, of the file in a folder.</param>
/// <param name="Columns">The columns, in order.</param>
internal sealed record OutputTable(string Name, IReadOnlyList<OutputColumn> Columns);
