using FastIngest.Json;

namespace FastIngest.Health;

/// <summary>
/// The fields of a category's records: key fields first, then texts, then numbers. To add a field, add its name here and
/// use it in <see cref="DayReducer"/>. Each number needs a range in <see cref="PlausibleRanges"/>, too; without one
/// <see cref="PlausibilityCheck"/> throws. A category has at most three texts and <see cref="NumericAggregate.MaxNumbers"/> numbers.
/// </summary>
public sealed class RecordSchema
{
    /// <summary>Indexes of the key fields, which all categories share, and of the first field after them.</summary>
    public const int UserId = 0, Date = 1, DateTime = 2, Timestamp = 3, FirstOwn = 4;

    /// <summary>The name under which the day is reported, whichever field it comes from.</summary>
    public static ReadOnlySpan<byte> DayFieldName => "date"u8;

    private static readonly RecordSchema[] All =
    [
        new(["name", "gender", "fitness_level"], ["age", "height", "weight"]),
        new(["activity_type", "weather"], ["duration", "distance", "steps", "calories_burned", "heart_rate_avg", "heart_rate_max"]),
        new(["workout_type"], ["duration", "sets", "reps", "calories_burned"]),
        new(["meal_type"], ["calories", "protein", "carbs", "fat"]),
        new(["sleep_quality"], ["total_sleep", "deep_sleep", "rem_sleep", "resting_heart_rate"]),
        new([], ["value"]),
        new([], [], takesOthers: true),
        new(["metric", "source", "end"], ["value"]),
    ];

    private RecordSchema(string[] texts, string[] numbers, bool takesOthers = false)
    {
        TextCount = texts.Length;
        NumberCount = numbers.Length;
        Names = new FieldNames(takesOthers, ["user_id", "date", "date_time", "timestamp", .. texts, .. numbers]) { KeyCount = FirstOwn };
    }

    public FieldNames Names { get; }

    public int TextCount { get; }

    public int NumberCount { get; }

    public static RecordSchema Of(Category category) => All[(int)category];
}
