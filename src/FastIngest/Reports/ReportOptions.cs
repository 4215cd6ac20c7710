namespace FastIngest.Reports;

/// <summary>Selects what a report shows.</summary>
public sealed record ReportOptions
{
    /// <summary>The users; empty for all.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>The first day included; null for no limit.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>The last day included; null for no limit.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>The rejects file of a run, whose rejects are counted by reason; null for none.</summary>
    public string? RejectsPath { get; init; }

    /// <summary>The largest size of the file in bytes. Where the people do not fit, those with the most days have a page of their own.</summary>
    public int MaxBytes { get; init; } = 6_000_000;

    /// <summary>The time that the report shows as the time when it was made, in UTC.</summary>
    public DateTime Made { get; init; } = DateTime.UtcNow;
}
