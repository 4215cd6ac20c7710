using FastIngest.Health;

namespace FastIngest.Storage.Columns;

/// <summary>The tables of records, as PostgreSQL holds them with <c>--records</c>.</summary>
internal static class RecordRows
{
    private static readonly Dictionary<string, string> Units = new()
    {
        ["duration"] = "min",
        ["distance"] = "km",
        ["steps"] = "steps",
        ["calories_burned"] = "kcal",
        ["heart_rate_avg"] = "bpm",
        ["heart_rate_max"] = "bpm",
        ["sets"] = "sets",
        ["reps"] = "repetitions",
        ["calories"] = "kcal",
        ["protein"] = "g",
        ["carbs"] = "g",
        ["fat"] = "g",
        ["total_sleep"] = "h",
        ["deep_sleep"] = "h",
        ["rem_sleep"] = "h",
        ["resting_heart_rate"] = "bpm",
    };

    /// <summary>Describes the table of a category.</summary>
    /// <param name="name">The name of the table.</param>
    /// <param name="category">The category of its records.</param>
    public static OutputTable Table(string name, Category category) => new(name, [FewTexts("user_id", isNullable: false), .. Own(category)]);

    private static OutputColumn[] Own(Category category) => category switch
    {
        Category.HeartRate => [new("ts", ColumnType.Time, false), new("value", ColumnType.Number, false, "bpm")],
        Category.Samples =>
        [
            Day, new("start", ColumnType.Time, false), FewTexts("metric", isNullable: false), new("value", ColumnType.Number, false),
            FewTexts("unit", isNullable: false), FewTexts("source"), new("end", ColumnType.Time, true),
        ],
        Category.Measurements => [Day, new("fields", ColumnType.Text, false)],
        _ => [Day, .. Fields(RecordSchema.Of(category))],
    };

    private static OutputColumn Day => new("date", ColumnType.Date, false);

    private static OutputColumn FewTexts(string name, bool isNullable = true) => new(name, ColumnType.Text, isNullable) { HasFewTexts = true };

    private static IEnumerable<OutputColumn> Fields(RecordSchema schema)
    {
        for (int i = 0; i < schema.TextCount + schema.NumberCount; i++)
        {
            string name = schema.Names.NameAt(RecordSchema.FirstOwn + i);
            yield return i < schema.TextCount ? FewTexts(name) : new OutputColumn(name, ColumnType.Number, true, Units[name]);
        }
    }
}
