namespace FastIngest.Health;

/// <summary>
/// The values that a person can have, by category and number field; docs/formats.md has the same table. Measurements have no
/// ranges, because their names and units are free.
/// </summary>
public static class PlausibleRanges
{
    /// <summary>The first plausible day of a record, as days since 0001-01-01.</summary>
    public static readonly int FirstDay = new DateOnly(1900, 1, 1).DayNumber;

    private static readonly Dictionary<string, (long Min, long Max)>[] All =
    [
        new() { ["age"] = (0, 130), ["height"] = (30, 280), ["weight"] = (1, 700) },
        new()
        {
            ["duration"] = (0, 1440), ["distance"] = (0, 1000), ["steps"] = (0, 200_000), ["calories_burned"] = (0, 20_000),
            ["heart_rate_avg"] = (20, 300), ["heart_rate_max"] = (20, 300),
        },
        new() { ["duration"] = (0, 1440), ["sets"] = (0, 1000), ["reps"] = (0, 100_000), ["calories_burned"] = (0, 20_000) },
        new() { ["calories"] = (0, 20_000), ["protein"] = (0, 5000), ["carbs"] = (0, 5000), ["fat"] = (0, 5000) },
        new() { ["total_sleep"] = (0, 24), ["deep_sleep"] = (0, 24), ["rem_sleep"] = (0, 24), ["resting_heart_rate"] = (20, 300) },
        new() { ["value"] = (20, 300) },
        [],
        new() { ["value"] = (-9_000_000_000_000, 9_000_000_000_000) },
    ];

    /// <summary>Returns the plausible values of the number fields of a category in their unit, both ends included.</summary>
    public static IReadOnlyDictionary<string, (long Min, long Max)> Of(Category category) => All[(int)category];
}
