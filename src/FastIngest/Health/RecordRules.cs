namespace FastIngest.Health;

/// <summary>What happens to a value that is implausible; see <see cref="PlausibleRanges"/>.</summary>
public enum ImplausiblePolicy
{
    /// <summary>It is used like any other value.</summary>
    Keep,

    /// <summary>It counts as absent.</summary>
    Drop,

    /// <summary>Its record is rejected.</summary>
    Reject,
}

/// <summary>The rules for records that a run can choose.</summary>
public sealed record RecordRules
{
    /// <summary>The rules of a run that chooses none.</summary>
    public static readonly RecordRules Default = new();

    private const int DaysAhead = 1;

    /// <summary>The user of records without one, in UTF-8; empty to reject such records.</summary>
    public ReadOnlyMemory<byte> DefaultUser { get; init; }

    public ImplausiblePolicy Implausible { get; init; }

    /// <summary>The current day in UTC. Somewhere it is already the next day; a later day is implausible.</summary>
    public DateOnly Today { get; init; } = DateOnly.FromDateTime(DateTime.UtcNow);

    /// <summary>The last plausible day, as days since 0001-01-01.</summary>
    public int LastDay => Today.DayNumber + DaysAhead;
}
