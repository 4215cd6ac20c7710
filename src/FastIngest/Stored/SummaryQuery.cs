namespace FastIngest.Stored;

/// <summary>Selects stored summaries, and limits the size of a page.</summary>
public sealed record SummaryQuery
{
    /// <summary>Restricts the query to one user; null for all users.</summary>
    public string? UserId { get; init; }

    /// <summary>The first day included; null for no limit.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>The last day included; null for no limit.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Only rows after this one are read, in the order of keys; null for all.</summary>
    public SummaryKey? After { get; init; }

    /// <summary>The columns that are read of each row.</summary>
    public SummaryContent Content { get; init; } = SummaryContent.AllColumns;

    /// <summary>The maximum number of rows in a page, at least 1.</summary>
    public int PageRows { get; init; } = 512;

    /// <summary>A page also ends with the row that brings its texts to this many bytes, so that long texts do not enlarge pages.</summary>
    public int PageBytes { get; init; } = 1 << 20;
}

/// <summary>The key of a summary.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Day">The day.</param>
public sealed record SummaryKey(string UserId, DateOnly Day);
