namespace FastIngest.Stored;

/// <summary>Which stored summaries are read, and how much of them at a time.</summary>
public sealed record SummaryQuery
{
    /// <summary>The only user whose days are read; null for all users.</summary>
    public string? UserId { get; init; }

    /// <summary>The first day that is read; null for no limit.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>The last day that is read; null for no limit.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>What is read of each row.</summary>
    public SummaryContent Content { get; init; } = SummaryContent.AllColumns;

    /// <summary>The most rows of a page, at least 1.</summary>
    public int PageRows { get; init; } = 512;

    /// <summary>A page also ends with the row that brings its texts to this many bytes, so that long texts do not make it large.</summary>
    public int PageBytes { get; init; } = 1 << 20;
}
